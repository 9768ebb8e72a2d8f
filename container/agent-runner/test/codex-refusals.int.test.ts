import { afterEach, beforeEach, expect, test } from 'vitest';
import { failWith } from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { accessToken, writeSignIn } from './chatgpt-sign-in.ts';
import { runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';

let server: ModelServer;
let runner: RunnerProcess;
beforeEach(async ({ signal }) => {
  server = await startModelServer();
  runner = await RunnerProcess.start(signal);
  await writeSignIn(runner.paths.codexHome, accessToken('first'));
});
afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const UNSUPPORTED =
  "The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account.";
const RESETS_AT_S = 4_102_444_800;

const limit = (details: object) => ({
  error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', ...details },
});
const coded = (code: string, message: string) => ({ error: { code, message } });

type Expected = readonly [failureClass: string, requests: number];

/** What the ChatGPT backend answers, what becomes of it, and how often the CLI (0.169) asks before it gives up. */
test.each<[string, number, unknown, Expected]>([
  ['a model that the plan does not have', 400, { detail: UNSUPPORTED }, ['model', 1]],
  [
    'a model that does not exist',
    404,
    coded('model_not_found', 'The model `x` does not exist or you do not have access to it.'),
    ['model', 1],
  ],
  ['a usage limit without its end', 429, limit({ plan_type: 'plus' }), ['quota', 1]],
  ['a usage limit of a company', 429, limit({ plan_type: 'team' }), ['quota', 1]],
  ['a plan without Codex', 429, { error: { type: 'usage_not_included' } }, ['quota', 1]],
  ['a company that has left', 402, { detail: { code: 'deactivated_workspace' } }, ['quota', 3]],
  ['a sign-in that was revoked', 401, coded('token_revoked', 'Invalidated token'), ['auth', 9]],
  ['a gate that lets nobody through', 403, '<html>', ['auth', 3]],
  ['a crowd', 503, coded('server_is_overloaded', 'o'), ['overloaded', 3]],
  ['too many requests at once', 429, undefined, ['overloaded', 1]],
  ['a conversation that is too long', 400, coded('context_length_exceeded', 'm'), ['context', 1]],
  ['a prompt that is refused', 400, coded('invalid_prompt', 'Invalid prompt'), ['refused', 1]],
])('%s (%i)', async (_title, status, body, [failureClass, requests]) => {
  server.script = () => [failWith(status, body)];
  const { end } = await runner.run(chatgptRequest(), AbortSignal.timeout(60_000));
  expect(end).toMatchObject({ type: 'failed', class: failureClass, hasSideEffects: false });
  expect(end).not.toHaveProperty('retryAt');
  expect(server.requests.filter(({ model }) => model !== undefined)).toHaveLength(requests);
});

test('the end of a usage limit is told to the minute, from resets_at alone', async ({ signal }) => {
  const soon = limit({ plan_type: 'free', resets_at: RESETS_AT_S, resets_in_seconds: 60 });
  server.script = () => [failWith(429, soon)];
  const { end } = await runner.run(chatgptRequest(), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'quota', retryAt: RESETS_AT_S * 1000 });
});

function chatgptRequest() {
  const { chatgptBaseUrl: baseUrl } = server;
  const codex = { approvalPolicy: 'auto', auth: 'chatgpt', baseUrl } as const;
  return runRequest('codex', server, { secrets: {}, codex });
}
