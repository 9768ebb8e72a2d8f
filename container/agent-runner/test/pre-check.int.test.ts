import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { say } from '../../../test/loopback/models/model-script.ts';
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

test('a script decides without the model, and what it finds reaches the model', async ({
  signal,
}) => {
  server.script = () => [say('told')];
  const script = `[ -s news.txt ] || { echo '{"wakeAgent":false}'; exit; }
    printf '{"wakeAgent":true,"data":"%s"}\\n' "$(cat news.txt)"`;
  const task = { prompt: 'Tell what is new.', task: { script } };
  const quiet = await runner.run(runRequest('codex', server, task), signal);
  expect(quiet.end).toMatchObject({ type: 'result', text: '', isNotWoken: true });
  expect(server.requests).toHaveLength(0);
  await writeFile(join(runner.paths.group, 'news.txt'), 'the boat is back');
  const woken = await runner.run(runRequest('codex', server, task), signal);
  expect(woken.end).toMatchObject({ type: 'result', text: 'told' });
  expect(JSON.stringify(server.requests)).toContain('the boat is back');
});

test('a script that fails ends the run with its reason, and the next run is served', async ({
  signal,
}) => {
  const task = { task: { script: 'echo no such calendar >&2; exit 7' } };
  const { end } = await runner.run(runRequest('claude', server, task), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'script', hasSideEffects: false });
  expect(end).toHaveProperty('detail', expect.stringContaining('no such calendar'));
  expect(server.requests).toHaveLength(0);
  const next = await runner.run(runRequest('codex', server), signal);
  expect(next.end).toMatchObject({ type: 'result' });
});
