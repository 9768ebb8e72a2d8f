import { AgentKit, endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { connectDocker } from './engine.ts';

/** A host that starts run r1 in the installation named by its argument and is killed while it runs. */
const docker = await connectDocker();
const home = process.argv[2];
if (docker === undefined || home === undefined) throw new Error('needs an engine and a folder');
const record = recordRun();
const runner = AgentKit.open(docker, home).runner();
const running = runner.run(
  makeRequest('r1', 'wait go'),
  makeGroup('team'),
  record.handlers,
  endless,
);
await record.started;
process.stdout.write(`${record.containers[0]}\n`);
await running;
