import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRequest } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand, say } from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { accessToken, writeSignIn } from './chatgpt-sign-in.ts';
import { ConnectRecorder } from './connect-recorder.ts';
import { runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';
import { TlsFront } from './tls-front.ts';

const FIRST = accessToken('first');
const SECOND = accessToken('second');

let server: ModelServer;
let outside: ConnectRecorder;
let runner: RunnerProcess;
beforeEach(async ({ signal }) => {
  server = await startModelServer();
  outside = await ConnectRecorder.start();
  runner = await RunnerProcess.start(signal, { HTTPS_PROXY: outside.url });
  await writeSignIn(runner.paths.codexHome, FIRST);
});
afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await outside[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function chatgptRequest(changes: Partial<NonNullable<RunRequest['codex']>> = {}): RunRequest {
  const codex = {
    approvalPolicy: 'auto',
    auth: 'chatgpt',
    baseUrl: server.chatgptBaseUrl,
  } as const;
  return runRequest('codex', server, { secrets: {}, codex: { ...codex, ...changes } });
}

/** Tokens of the requests to the model so far, by name. */
const asked = (): string[] =>
  server.requests
    .filter(({ path }) => path.endsWith('/responses'))
    .map(({ headers }) => (headers.authorization === `Bearer ${SECOND}` ? 'second' : 'first'));

/** From its n-th use on the first token is refused; `onRefused` runs before the answer that says so. */
function refuseFirst(from: number, onRefused: (times: number) => void = () => undefined): void {
  let uses = 0;
  server.isTokenLive = (token) => {
    if (token === SECOND) return true;
    uses += 1;
    if (uses < from) return true;
    onRefused(uses - from + 1);
    return false;
  };
}

test('an access token alone signs the run in, and nothing is asked of anybody else', async ({
  signal,
}) => {
  const { end } = await runner.run(chatgptRequest(), signal);
  expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
  const paths = server.requests.map(({ path }) => path);
  expect(new Set(paths)).toEqual(
    new Set(['/backend-api/codex/models', '/backend-api/codex/responses']),
  );
  for (const { headers } of server.requests)
    expect(headers).toMatchObject({
      authorization: `Bearer ${FIRST}`,
      'chatgpt-account-id': 'acct-1',
    });
  expect(outside.targets).toEqual([]);
});

test('a token that has expired is sent all the same, and never refreshed by the CLI', async ({
  signal,
}) => {
  await writeSignIn(runner.paths.codexHome, accessToken('first', { exp: 1 }));
  const { end } = await runner.run(chatgptRequest(), signal);
  expect(end).toMatchObject({ type: 'result' });
  expect(outside.targets).toEqual([]);
});

test('a sign-in with a refresh token would be refreshed: what the recorder is there to see', async ({
  signal,
}) => {
  const token = accessToken('first', { exp: 1 });
  const tokens = { id_token: token, access_token: token, refresh_token: 'r', account_id: 'acct-1' };
  const auth = { auth_mode: 'chatgpt', tokens, last_refresh: '2026-11-21T00:00:00Z' };
  await writeFile(join(runner.paths.codexHome, 'auth.json'), JSON.stringify(auth));
  await runner.run(chatgptRequest(), signal);
  expect(outside.targets).toContain('auth.openai.com:443');
});

test('a token that is replaced while a tool runs rescues the turn', async ({ signal }) => {
  refuseFirst(2);
  const go = join(runner.paths.group, 'go');
  const command = `until [ -e ${go} ]; do sleep 0.02; done; echo went`;
  server.script = [{ steps: [runCommand(command), say('finished')] }];
  const request = chatgptRequest();
  runner.send(request);
  await runner.waitFor((event) => event.type === 'progress' && event.kind === 'tool', signal);
  await writeSignIn(runner.paths.codexHome, SECOND);
  await writeFile(go, '');
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'result', text: 'finished' });
  expect(asked()).toEqual(['first', 'first', 'second']);
  expect(server.requests.at(-1)?.model?.toolResults.join()).toContain('went');
  expect(outside.targets).toEqual([]);
});

test('a token that is replaced between the attempts of the CLI rescues the turn', async ({
  signal,
}) => {
  let written: Promise<void> | undefined;
  refuseFirst(1, (times) => {
    if (times === 3) written = writeSignIn(runner.paths.codexHome, SECOND);
  });
  const { end } = await runner.run(chatgptRequest(), signal);
  await written;
  expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
  expect(asked().slice(0, 3)).toEqual(['first', 'first', 'first']);
  expect(asked().at(-1)).toBe('second');
});

test('a token that is refused and not replaced fails as auth after nine requests', async ({
  signal,
}) => {
  refuseFirst(1);
  const { end } = await runner.run(chatgptRequest(), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'auth', hasSideEffects: false });
  expect(asked()).toEqual(Array.from({ length: 9 }, () => 'first'));
  expect(outside.targets).toEqual([]);
});

test('a token of another account is not taken within a turn', async ({ signal }) => {
  refuseFirst(2);
  server.script = async ({ toolResults }) => {
    if (toolResults.length === 0) await writeSignIn(runner.paths.codexHome, SECOND, 'acct-2');
    return [runCommand('true'), say('finished')];
  };
  const { end } = await runner.run(chatgptRequest(), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'auth' });
  expect(end).toHaveProperty('detail', expect.stringContaining('another account'));
  expect(asked()).toEqual(['first', 'first']);
});

test('without a user in the id token a replaced token serves the next turn only', async ({
  signal,
}) => {
  const nobody = accessToken('nobody', {});
  await writeSignIn(runner.paths.codexHome, accessToken('first', {}));
  let written: Promise<void> | undefined;
  server.isTokenLive = (token) => {
    if (token === nobody) return true;
    written ??= writeSignIn(runner.paths.codexHome, nobody);
    return false;
  };
  const { end } = await runner.run(chatgptRequest(), signal);
  await written;
  expect(end).toMatchObject({ type: 'failed', class: 'overloaded', hasSideEffects: false });
  expect(end).toHaveProperty('detail', expect.stringContaining('network policy is unavailable'));
  const next = await runner.run(chatgptRequest(), signal);
  expect(next.end).toMatchObject({ type: 'result', text: 'You said: hello' });
});

test('the CLI’s own provider asks over https for account and model, and is rescued too', async ({
  signal,
}) => {
  await using front = await TlsFront.start(new URL(server.chatgptBaseUrl).origin);
  await using trusting = await RunnerProcess.start(signal, {
    HTTPS_PROXY: outside.url,
    CODEX_CA_CERTIFICATE: join(runner.paths.home, 'front.pem'),
  });
  await writeFile(join(runner.paths.home, 'front.pem'), front.certificate);
  const home = trusting.paths.codexHome;
  await writeSignIn(home, FIRST, 'acct');
  const config = [
    `chatgpt_base_url = "${front.origin}/backend-api/"`,
    `openai_base_url = "${front.origin}/backend-api/codex"`,
  ];
  await writeFile(join(home, 'config.toml'), config.join('\n'));
  refuseFirst(2);
  server.script = async ({ toolResults }) => {
    if (toolResults.length === 0) await writeSignIn(home, SECOND, 'acct');
    return [runCommand('true'), say('finished')];
  };
  const { baseUrl: _, ...codex } = chatgptRequest().codex!;
  const { end } = await trusting.run({ ...chatgptRequest(), codex }, signal);
  expect(end).toMatchObject({ type: 'result', text: 'finished' });
  const accounts = server.requests.filter(({ path }) => path.endsWith('/wham/accounts/check'));
  expect(accounts.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${FIRST}`,
    `Bearer ${SECOND}`,
  ]);
  expect(outside.targets).toEqual([]);
});
