import { MAX_LINE_CHARS } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from '../../../test/loopback/models/gate.ts';
import { say, stallStream, wait } from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';

let server: ModelServer;
let runner: RunnerProcess;
beforeEach(async ({ signal }) => {
  server = await startModelServer();
  runner = await RunnerProcess.start(signal);
});
afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('lines that are no requests are ignored and the next request is served', async ({
  signal,
}) => {
  runner.send(
    'not json\n\u0000\u{1F600}\n{"type":"run"}\n{"type":"cancel","v":1,"runId":"nobody"}\n',
  );
  runner.send(`"${'x'.repeat(MAX_LINE_CHARS)}"\n`);
  const { end } = await runner.run(runRequest('codex', server), signal);
  expect(end).toMatchObject({ type: 'result' });
});

test('a request that cannot be read but names its run gets one failure without its secrets', async ({
  signal,
}) => {
  const request = { ...runRequest('codex', server), v: 99, surprise: 1 };
  runner.send(request);
  const { events } = await runner.waitForEnd(request.runId, signal);
  expect(events).toEqual([expect.objectContaining({ type: 'failed', class: 'internal', seq: 0 })]);
  expect(JSON.stringify(events) + runner.stderr).not.toContain('sk-openai');
});

test('a second request with the id of a running one does not end it twice', async ({ signal }) => {
  const gate = hold();
  server.script = () => [wait(gate), say('once')];
  const request = runRequest('codex', server);
  runner.send(request);
  await gate.reached;
  runner.send(request);
  runner.send({ ...request, v: 99 });
  gate.release();
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'result', text: 'once' });
  await runner.run(runRequest('codex', server), signal);
  await runner.waitForEnd(request.runId, signal);
});

test.each(['codex', 'claude'] as const)(
  'the end of stdin cancels a %s run and its queue and the process ends cleanly',
  async (provider) => {
    const signal = AbortSignal.timeout(60_000);
    server.script = () => [stallStream('begun')];
    const [running, queued] = [runRequest(provider, server), runRequest(provider, server)];
    runner.send(running);
    runner.send(queued);
    await server.waitForRequest((request) => request.model !== undefined, signal);
    runner.closeInput();
    expect(await runner.exit()).toEqual([0, null]);
    for (const { runId } of [running, queued]) {
      const { end } = await runner.waitForEnd(runId, signal);
      expect(end).toMatchObject({ type: 'failed', class: 'cancelled' });
    }
  },
);

test('SIGTERM cancels the run and the process ends cleanly', async ({ signal }) => {
  server.script = () => [stallStream('begun')];
  const request = runRequest('claude', server);
  runner.send(request);
  await server.waitForRequest((recorded) => recorded.model !== undefined, signal);
  runner.kill('SIGTERM');
  expect(await runner.exit()).toEqual([0, null]);
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'cancelled' });
});

test('an idle runner with a warm session ends with its input', async ({ signal }) => {
  await runner.run(runRequest('claude', server), signal);
  runner.closeInput();
  expect(await runner.exit()).toEqual([0, null]);
});
