import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAgentPlanner } from '../../src/containers/agent-planner.ts';
import { createAgentRunner } from '../../src/containers/agent-runner.ts';
import { createProcessRuntime } from '../../src/containers/process-runtime.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { PLAN_NETWORK } from '../fakes/by-network.ts';
import { endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { projectRoot } from './engine.ts';

const team = makeGroup('team');
const FAKE_RUNNER = join(import.meta.dirname, 'fake-runner.ts');

async function makeInstallation() {
  const stack = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), 'deckhand-process-'));
  stack.defer(() => rm(home, { recursive: true, force: true }));
  const paths = hostPaths(home);
  const logger = createLogger('silent');
  const planAgent = createAgentPlanner({
    planOutlet: PLAN_NETWORK,
    paths,
    projectRoot,
    userHome: home,
    allowlistFile: join(home, 'allowlist.json'),
    memoryMb: 256,
    cpus: 1,
    logger,
  });
  const runtime = createProcessRuntime({
    processRoot: join(paths.data, 'process'),
    projectRoot,
    hostEnv: { PATH: process.env['PATH'], OPENAI_API_KEY: 'canary' },
    isRoot: false,
    logger,
    command: [process.execPath, FAKE_RUNNER],
  });
  const startRunner = () => {
    const settings = { maxConcurrentContainers: 2, idleTimeoutMs: 60_000, graceMs: 200 };
    const deps = { runtime, planAgent, logger, containerTimeoutMs: 60_000, ...settings };
    return stack.use(createAgentRunner(deps));
  };
  return {
    paths,
    startRunner,
    runner: startRunner(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test('a process answers runs one after the other, in the layout of a container', async () => {
  await using kit = await makeInstallation();
  const first = recordRun();
  const run = kit.runner.run(makeRequest('r1', 'wait go'), team, first.handlers, endless);
  await first.started;
  await writeFile(join(kit.paths.ipc('team'), 'input', 'go'), '');
  expect(await run).toMatchObject({ status: 'answered', text: 'waited for go' });
  const second = recordRun();
  const target = join(kit.paths.data, 'process', 'team', 'workspace', 'group', 'note');
  await kit.runner.run(makeRequest('r2', `write ${target}`), team, second.handlers, endless);
  expect(second.containers).toEqual(first.containers);
  expect(await readFile(join(kit.paths.groupFolder('team'), 'note'), 'utf8')).toBe('x');
});

test('a process gets no secret of the host', async () => {
  await using kit = await makeInstallation();
  const request = makeRequest('r1', 'env');
  const outcome = await kit.runner.run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({
    status: 'answered',
    text: expect.not.stringContaining('canary'),
  });
});

test('a process that dies fails its run and is replaced', async () => {
  await using kit = await makeInstallation();
  const dying = makeRequest('r1', 'exit 3');
  expect(await kit.runner.run(dying, team, recordRun().handlers, endless)).toMatchObject({
    class: 'internal',
    detail: 'the agent exited with 3 before its result: the last words',
  });
  const next = makeRequest('r2', 'echo 2');
  const outcome = await kit.runner.run(next, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ status: 'answered', text: '2' });
});

test('a host that stops ends its process, and the next one finds nothing to adopt', async () => {
  await using kit = await makeInstallation();
  const record = recordRun();
  const running = kit.runner.run(makeRequest('r1', 'hang'), team, record.handlers, endless);
  await record.started;
  await kit.runner[Symbol.asyncDispose]();
  expect(await running).toEqual({ status: 'detached' });
  const pid = Number(record.containers[0]?.split(':')[1]);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  const next = kit.startRunner();
  expect(await next.adopt('r1', 'team', record.handlers, endless)).toBeUndefined();
});

test('a readonly codex group is refused, because nothing could enforce it', async () => {
  await using kit = await makeInstallation();
  const providerConfig = { codex: { approvalPolicy: 'readonly' } };
  const group = makeGroup('team', { provider: 'codex', providerConfig });
  const request = makeRequest('r1', 'echo 1');
  const outcome = await kit.runner.run(request, group, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ class: 'setup', detail: expect.stringContaining('readonly') });
});
