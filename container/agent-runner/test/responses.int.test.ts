import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunnerEvent, RunRequest } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from '../../../test/loopback/models/gate.ts';
import {
  callTool,
  cutStream,
  runCommand,
  say,
  sayInPieces,
  stallStream,
  wait,
} from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { accessToken, writeSignIn } from './chatgpt-sign-in.ts';
import { createHangingCommand } from './hanging-command.ts';
import { MailboxHost } from './mailbox-host.ts';
import { chat, responsesSettings, runRequest } from './run-requests.ts';
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

const [first, second] = [accessToken('first'), accessToken('second')];
const tokens = () => server.requests.map(({ headers }) => headers.authorization?.slice(7));
const isDelta = (text: string) => (event: RunnerEvent) =>
  event.type === 'delta' && event.text === text;

async function chatgptRequest(changes: Partial<RunRequest> = {}): Promise<RunRequest> {
  await writeSignIn(runner.paths.codexHome, first);
  const baseUrl = server.chatgptBaseUrl;
  const responses = responsesSettings(server, { auth: 'chatgpt', baseUrl });
  return runRequest('responses', server, { responses, secrets: {}, ...changes });
}

test('with a ChatGPT sign-in the text streams, a tool runs and the answer is completed', async ({
  signal,
}) => {
  const gate = hold();
  server.script = (request) =>
    request.toolResults.length === 0
      ? [runCommand('echo 42 > answer.txt; cat answer.txt')]
      : [
          say(''),
          sayInPieces('The answer', gate, ` is ${request.toolResults[0]?.trim().slice(-2)}.`),
        ];
  const request = await chatgptRequest({ isStreaming: true });
  runner.send(request);
  await runner.waitFor(isDelta('The answer'), signal);
  gate.release();
  const { events, end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'result', text: 'The answer is 42.' });
  expect(events.map(({ type }) => type)).toEqual([
    'started',
    'progress',
    'delta',
    'delta',
    'progress',
    'result',
  ]);
  expect(await readFile(join(runner.paths.group, 'answer.txt'), 'utf8')).toBe('42\n');
  expect(JSON.stringify(events) + runner.stderr).not.toMatch(/eyJ/);
});

test('a token that runs out in the middle of a turn is replaced by what the host writes', async ({
  signal,
}) => {
  const gate = hold();
  server.script = [
    { steps: [runCommand('echo once >> log; cat log'), wait(gate), say('rescued')] },
  ];
  const live = new Set([first]);
  server.isTokenLive = (token) => live.has(token);
  const request = await chatgptRequest();
  const waiting = runner.waitFor(
    ({ type, ...event }) => type === 'progress' && 'kind' in event && event.kind === 'tool',
    signal,
  );
  runner.send(request);
  await waiting;
  live.clear();
  const refused = server.waitForRequest(({ model }) => model === undefined, signal);
  gate.release();
  await refused;
  live.add(second);
  await writeSignIn(runner.paths.codexHome, second);
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'result', text: 'rescued' });
  expect(tokens()).toEqual([first, first, second]);
  expect(server.requests.at(-1)?.model?.toolResults).toEqual(['[exit code 0]\nonce\n']);
});

test('a task is scheduled by the host’s tool, and the model hears the next times', async ({
  signal,
}) => {
  await using host = await MailboxHost.start(runner, '123@g.us');
  const task = {
    prompt: 'Say good morning',
    schedule_type: 'cron',
    schedule_value: '0 9 * * 1',
    context_mode: 'group',
  };
  server.script = [{ steps: [callTool('schedule_task', task), say('scheduled')] }];
  const { end } = await runner.run(runRequest('responses', server), signal);
  expect(end).toMatchObject({ type: 'result', text: 'scheduled' });
  expect(host.tasks()).toEqual([expect.objectContaining({ prompt: 'Say good morning' })]);
  expect(server.requests.at(-1)?.model?.toolResults[0]).toMatch(
    /Next times \(Europe\/Berlin\): Mon/,
  );
});

test('a cancel ends the run and its command, and the next run is served', async ({ signal }) => {
  const command = await createHangingCommand(runner.paths.group);
  server.script = [{ times: 1, steps: [runCommand(command.line)] }, { steps: [say('next')] }];
  const request = runRequest('responses', server);
  runner.send(request);
  await command.started();
  runner.send({ type: 'cancel', v: 1, runId: request.runId });
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'cancelled', hasSideEffects: true });
  await expect(command.reach()).rejects.toThrow(/ENXIO/);
  const next = await runner.run(runRequest('responses', server, { prompt: chat('again') }), signal);
  expect(next.end).toMatchObject({ type: 'result', text: 'next' });
});

test('the end of stdin cancels a stalled run and the process ends cleanly', async ({ signal }) => {
  server.script = () => [stallStream('begun')];
  const request = runRequest('responses', server);
  runner.send(request);
  await server.waitForRequest(({ model }) => model !== undefined, signal);
  runner.closeInput();
  expect(await runner.exit()).toEqual([0, null]);
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'cancelled' });
});

test('a cut stream is retried with the waits of the product, and the answer comes once', async ({
  signal,
}) => {
  server.script = [{ times: 1, steps: [cutStream('half')] }, { steps: [say('whole')] }];
  const { events, end } = await runner.run(runRequest('responses', server), signal);
  expect(end).toMatchObject({ type: 'result', text: 'whole' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'progress', kind: 'retry' }));
});

test('an answer over the limit is cut, and the key of the run is taken out of it', async ({
  signal,
}) => {
  server.script = () => [sayInPieces('sk-openai-', `test-key ${'é'.repeat(5000)}`)];
  const request = runRequest('responses', server, { maxOutputChars: 1000, isStreaming: true });
  const { events, end } = await runner.run(request, signal);
  expect(end).toMatchObject({ type: 'result', isCut: true });
  expect(end).toHaveProperty('text', expect.stringMatching(/^\[secret\] é+\n\n\[cut: /));
  expect(JSON.stringify(events)).not.toContain('sk-openai-test-key');
  const deltas = events.flatMap((event) => (event.type === 'delta' ? [event.text] : []));
  expect(deltas.join('')).toMatch(/^\[secret\] é{5000}$/);
});
