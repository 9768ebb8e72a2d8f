import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { requireBaseImage } from './engine.ts';

const team = makeGroup('team');

test('a request is answered by a container, and its events arrive in order', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const record = recordRun();
  const outcome = await kit
    .runner()
    .run(makeRequest('r1', 'echo hello'), team, record.handlers, endless);
  expect(outcome).toEqual({ status: 'answered', text: 'hello', isCut: false });
  expect(record.events.map((event) => [event.type, event.seq])).toEqual([
    ['started', 0],
    ['result', 1],
  ]);
  const [container] = await kit.containers();
  expect(record.containers).toEqual([container?.Id]);
});

test('the next run of a group uses the same warm container', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  const first = recordRun();
  const second = recordRun();
  await runner.run(makeRequest('r1', 'echo 1'), team, first.handlers, endless);
  await runner.run(makeRequest('r2', 'echo 2'), team, second.handlers, endless);
  expect(second.containers).toEqual(first.containers);
  expect(second.events.every((event) => event.runId === 'r2')).toBe(true);
});

test('changed settings replace the warm container', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  const first = recordRun();
  const second = recordRun();
  await runner.run(makeRequest('r1', 'echo 1'), team, first.handlers, endless);
  const changed = makeGroup('team', { containerConfig: { memoryMb: 300 } });
  await runner.run(makeRequest('r2', 'echo 2'), changed, second.handlers, endless);
  expect(second.containers).not.toEqual(first.containers);
  expect((await kit.containers()).map(({ Id }) => Id)).toEqual(second.containers);
});

test('an idle container is stopped and removed after the idle timeout', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner({ idleTimeoutMs: 300 });
  const record = recordRun();
  await runner.run(makeRequest('r1', 'echo 1'), team, record.handlers, endless);
  const container = kit.docker.getContainer(record.containers[0]!);
  await container.wait({ condition: 'removed' });
  expect(await kit.containers()).toEqual([]);
});

test('the longest idle container gives way to a group that needs one', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner({ maxConcurrentContainers: 2 });
  const records = [recordRun(), recordRun(), recordRun()];
  for (const [index, record] of records.entries()) {
    const group = makeGroup(`g${index}`);
    await runner.run(makeRequest(`r${index}`, 'echo 1'), group, record.handlers, endless);
  }
  const alive = (await kit.containers()).map(({ Id }) => Id).sort();
  expect(alive).toEqual([...records[1]!.containers, ...records[2]!.containers].sort());
});

test('while every container is busy, a further group waits for one', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner({ maxConcurrentContainers: 1 });
  const busy = recordRun();
  const waiting = recordRun();
  const first = runner.run(makeRequest('r1', 'wait go'), team, busy.handlers, endless);
  await busy.started;
  const other = makeGroup('other');
  const second = runner.run(makeRequest('r2', 'echo 2'), other, waiting.handlers, endless);
  expect(waiting.containers).toEqual([]);
  await writeFile(join(kit.paths.ipc('team'), 'input', 'go'), '');
  expect((await first).status).toBe('answered');
  expect((await second).status).toBe('answered');
});

test('a run past its deadline is stopped and fails as timeout', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner({ graceMs: 10 });
  const request = makeRequest('r1', 'hang', { timeoutMs: 200 });
  const outcome = await runner.run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ status: 'failed', class: 'timeout' });
  expect(await kit.containers()).toEqual([]);
});

test('an aborted run is cancelled politely and its container stays warm', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  const abort = new AbortController();
  const record = recordRun();
  const running = runner.run(makeRequest('r1', 'hang'), team, record.handlers, abort.signal);
  await record.started;
  abort.abort();
  expect(await running).toMatchObject({ class: 'cancelled', detail: 'asked to' });
  const next = recordRun();
  await runner.run(makeRequest('r2', 'echo 2'), team, next.handlers, endless);
  expect(next.containers).toEqual(record.containers);
});

test('a runner that ignores cancel and SIGTERM is killed', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const abort = new AbortController();
  const record = recordRun();
  const running = kit.runner().run(makeRequest('r1', 'deaf'), team, record.handlers, abort.signal);
  await record.started;
  abort.abort();
  expect(await running).toMatchObject({ class: 'cancelled', detail: 'cancelled by the host' });
  expect(await kit.containers()).toEqual([]);
});

test('a container killed during a run fails it, and the next run gets a new one', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  const record = recordRun();
  const running = runner.run(makeRequest('r1', 'hang'), team, record.handlers, endless);
  await record.started;
  await kit.docker.getContainer(record.containers[0]!).kill();
  expect(await running).toMatchObject({
    class: 'internal',
    detail: 'the agent exited with 137 before its result',
    hasSideEffects: false,
  });
  const outcome = await runner.run(makeRequest('r2', 'echo 2'), team, record.handlers, endless);
  expect(outcome.status).toBe('answered');
});

test('a runner that exits tells its code and last words', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const request = makeRequest('r1', 'exit 3');
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({
    class: 'internal',
    detail: 'the agent exited with 3 before its result: the last words',
  });
});

test('a runner that dies after a tool ran may have had side effects', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const request = makeRequest('r1', 'tool');
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ class: 'internal', hasSideEffects: true });
});

test('a runner that eats its memory is reported as out of memory', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context), { memoryMb: 128 });
  const request = makeRequest('r1', 'eat');
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({
    class: 'internal',
    detail: expect.stringContaining('out of memory'),
  });
});

test('output that is no event of the run is ignored', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const record = recordRun();
  const request = makeRequest('r1', 'garbage');
  const outcome = await kit.runner().run(request, team, record.handlers, endless);
  expect(outcome).toMatchObject({ status: 'answered', text: 'after garbage' });
  expect(record.events.map((event) => event.type)).toEqual(['started', 'result']);
});

test('a runner that floods its output is stopped', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const request = makeRequest('r1', 'flood');
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({
    class: 'internal',
    detail: expect.stringContaining('wrote more'),
  });
});

test('an answer over the limit is cut', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const request = makeRequest('r1', 'echo hello', { maxOutputChars: 4 });
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toEqual({ status: 'answered', text: 'hell', isCut: true });
});

test('a runner of another protocol version is refused before any run', async (context) => {
  const settings = { env: { FAKE_VERSION: '99' } };
  await using kit = await AgentKit.create(await requireBaseImage(context), { settings });
  const record = recordRun();
  const request = makeRequest('r1', 'echo 1');
  const outcome = await kit.runner().run(request, team, record.handlers, endless);
  expect(outcome).toMatchObject({
    class: 'internal',
    detail: expect.stringContaining('speaks protocol 99'),
  });
  expect(record.events).toEqual([]);
  expect(await kit.containers()).toEqual([]);
});

test('a runner that never gets ready is given up', async (context) => {
  const settings = { env: { FAKE_VERSION: '0' } };
  await using kit = await AgentKit.create(await requireBaseImage(context), { settings });
  const runner = kit.runner({ readyTimeoutMs: 300 });
  const request = makeRequest('r1', 'echo 1');
  const outcome = await runner.run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ detail: expect.stringContaining('not ready within 300 ms') });
  expect(await kit.containers()).toEqual([]);
});

test('a missing image fails the run with what to do', async (context) => {
  const settings = { image: 'deckhand-test-image:absent' };
  await using kit = await AgentKit.create(await requireBaseImage(context), { settings });
  const request = makeRequest('r1', 'echo 1');
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ detail: expect.stringContaining('must be built first') });
});

test('a mount outside the allowlist refuses the run with the reason', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const additionalMounts = [{ hostPath: '/etc', containerPath: 'etc' }];
  const group = makeGroup('team', { containerConfig: { additionalMounts } });
  const request = makeRequest('r1', 'echo 1');
  const outcome = await kit.runner().run(request, group, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ class: 'setup', detail: expect.stringContaining('allowlist') });
});

test('a released group gets a new container for its next run', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  const first = recordRun();
  const second = recordRun();
  await runner.run(makeRequest('r1', 'echo 1'), team, first.handlers, endless);
  await runner.release('team');
  expect(await kit.containers()).toEqual([]);
  await runner.run(makeRequest('r2', 'echo 2'), team, second.handlers, endless);
  expect(second.containers).not.toEqual(first.containers);
});
