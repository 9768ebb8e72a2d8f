import { createApp } from '../../../src/app/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { onCrashPoint } from '../../../src/crash-points.ts';
import { createLogger } from '../../../src/logger.ts';
import { projectRoot } from '../../docker/engine.ts';
import { BY_NETWORK } from '../../fakes/by-network.ts';
import { answer, FakeRunner } from '../../fakes/fake-runner.ts';
import { questionsIn } from './questions.ts';

/**
 * A host whose agents name the questions they were asked. With the name of a crash point and a number as arguments it
 * is gone, as by SIGKILL, when it passes the point for the n-th time; without them it serves until SIGTERM.
 */
const [point, count] = process.argv.slice(2);

function dieAt(wanted: string, times: number): void {
  const left = { times };
  onCrashPoint((passed) => {
    if (passed !== wanted) return;
    left.times -= 1;
    if (left.times === 0) process.kill(process.pid, 'SIGKILL');
  });
}

if (point !== undefined) dieAt(point, Number(count));

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const runner = new FakeRunner();
runner.respond = ({ request }) => answer(`heard ${questionsIn(request.prompt).join(' ')}`);
await using app = await createApp(loadConfig(process.env, projectRoot), {
  projectRoot,
  logger: createLogger(process.env['TEST_LOG_LEVEL'] ?? 'silent'),
  agents: {
    runner,
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
  },
});
await app.run(stop.signal);
