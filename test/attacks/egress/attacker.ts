import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import {
  responsesSettings,
  runRequest,
} from '../../../container/agent-runner/test/run-requests.ts';
import { buildContainerOptions } from '../../../src/containers/container-options.ts';
import { runAgent } from '../../../src/engine/run-agent.ts';
import { AgentKit, endless, makeGroup, recordRun } from '../../docker/agent-kit.ts';
import { AGENT_IMAGE } from '../../docker/engine.ts';
import type { GatewayWorld } from '../../gateway/gateway-world.ts';
import { runCommand, say } from '../../loopback/models/model-script.ts';
import type { Attempt, Targets } from './targets.ts';

const ESCAPE = ['node', '/workspace/group/attack/escape.ts'];
/** Two browsers one after the other, and a machine that is busy. */
const LIMIT_MS = 170_000;

const group = makeGroup('family', { provider: 'codex', model: 'openai/gpt-5.5' });

/** An agent of the real image behind the host's door, whose model tells it to attack. */
export async function attackThroughDoor(
  docker: Docker,
  world: GatewayWorld,
  targets: Targets,
): Promise<Attempt[]> {
  const settings = { image: AGENT_IMAGE, command: undefined };
  const outletOf = () => ({ kind: 'gateway', doorFolder: world.doorFolder }) as const;
  await using kit = await AgentKit.create(docker, { settings, memoryMb: 1024, outletOf });
  const folder = await layAttack(kit, targets);
  world.models.script = [{ steps: [runCommand(ESCAPE.join(' ')), say('tried')] }];
  const { jid, name } = group;
  const request = runRequest('responses', world.models, {
    model: 'gpt-5.5',
    group: { jid, name, folder: group.folder, isMain: false },
    responses: responsesSettings(world.models),
    timeoutMs: LIMIT_MS,
  });
  const deps = { runner: kit.runner({ containerTimeoutMs: LIMIT_MS }), gateway: world.gateway };
  const entry = world.entryOf('openai', { group });
  const outcome = await runAgent(deps, entry, request, recordRun().handlers, endless);
  if (outcome.status !== 'answered') throw new Error(`no attack: ${JSON.stringify(outcome)}`);
  return await readAttempts(folder);
}

/** The same program in a container that is made in the same way, with a network. */
export async function attackWithNetwork(docker: Docker, targets: Targets): Promise<Attempt[]> {
  const settings = { image: AGENT_IMAGE, command: ESCAPE };
  await using kit = await AgentKit.create(docker, { settings, memoryMb: 1024 });
  const folder = await layAttack(kit, targets);
  const planned = await kit.planAgent(group);
  if (!planned.ok) throw new Error(planned.reason);
  const identity = { imageHash: '', fingerprint: '', runId: 'attack' };
  const options = buildContainerOptions(kit.settings(), planned.spec, identity);
  const container = await docker.createContainer(options);
  await container.start();
  await container.wait();
  return await readAttempts(folder);
}

/** Into the group's folder, where its agent could write it itself. */
async function layAttack({ paths }: AgentKit, targets: Targets): Promise<string> {
  const folder = join(paths.groupFolder(group.folder), 'attack');
  await mkdir(folder, { recursive: true });
  await cp(import.meta.dirname, folder, { recursive: true });
  await writeFile(join(folder, 'targets.json'), JSON.stringify(targets));
  await chmod(folder, 0o777);
  return folder;
}

async function readAttempts(folder: string): Promise<Attempt[]> {
  return JSON.parse(await readFile(join(folder, 'attempts.json'), 'utf8')) as Attempt[];
}
