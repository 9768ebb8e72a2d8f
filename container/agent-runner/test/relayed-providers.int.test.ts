import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResultEvent, RunRequest } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DoorHost } from '../../../test/loopback/door/door-host.ts';
import { runCommand, say } from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { accessToken, writeSignIn } from './chatgpt-sign-in.ts';
import { responsesSettings, runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';

const PLACEHOLDER = 'sk-ant-oat01-placeholder';

let server: ModelServer;
let folder: string;
let host: DoorHost;
let runner: RunnerProcess;
let cleanUp: AsyncDisposableStack;
beforeEach(async ({ signal }) => {
  cleanUp = new AsyncDisposableStack();
  server = cleanUp.use(await startModelServer());
  folder = await mkdtemp(join(tmpdir(), 'deckhand-door-'));
  cleanUp.defer(async () => await rm(folder, { recursive: true }));
  host = cleanUp.use(await DoorHost.start({ folder, modelPort: server.port }));
  runner = cleanUp.use(await RunnerProcess.start(signal, { DECKHAND_DOOR: folder }));
});
afterEach(async () => await cleanUp[Symbol.asyncDispose]());

const newToken = () => crypto.randomUUID().padEnd(43, '-');

/** A request that names servers which nobody can reach: the relay alone can be what answers. */
function relayed(provider: RunRequest['provider'], changes: Partial<RunRequest> = {}): RunRequest {
  const nowhere = 'http://127.0.0.1:9/nowhere';
  return runRequest(provider, server, {
    gateway: { token: newToken() },
    codex: { approvalPolicy: 'auto', auth: 'chatgpt', baseUrl: nowhere },
    claude: { baseUrl: nowhere },
    responses: responsesSettings(server, {
      auth: 'chatgpt',
      baseUrl: nowhere,
      transport: 'websocket',
    }),
    secrets: provider === 'claude' ? { CLAUDE_CODE_OAUTH_TOKEN: PLACEHOLDER } : {},
    ...changes,
  });
}

const authorizations = () => new Set(server.requests.map(({ headers }) => headers.authorization));
const tokens = () => [...new Set(host.lines.map(({ token }) => token))];

test.each(['codex', 'responses'] as const)(
  '%s asks its model through the relay, without a credential, and nobody else',
  async (provider) => {
    // What an earlier way of running left there must not be sent.
    await writeSignIn(runner.paths.codexHome, accessToken('left'));
    const request = relayed(provider);
    const { end } = await runner.run(request, AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
    expect(authorizations()).toEqual(new Set([undefined]));
    expect(tokens()).toEqual([request.gateway?.token]);
    expect(host.targets).toEqual([]);
    const paths = server.requests.map(({ path }) => path);
    expect(paths).toContain('/v1/responses');
    expect(paths.filter((path) => !['/v1/responses', '/v1/models'].includes(path))).toEqual([]);
    for (const { headers } of server.requests)
      expect(headers).not.toHaveProperty('content-encoding');
  },
);

test.each([
  [{ CLAUDE_CODE_OAUTH_TOKEN: PLACEHOLDER }, { authorization: `Bearer ${PLACEHOLDER}` }],
  [{ ANTHROPIC_API_KEY: 'sk-ant-api-placeholder' }, { 'x-api-key': 'sk-ant-api-placeholder' }],
] as const)(
  'claude asks through the relay as a credential of its kind would',
  async (secrets, headers) => {
    const { end } = await runner.run(relayed('claude', { secrets }), AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
    const asked = server.requests.filter(({ path }) => path.startsWith('/v1/messages'));
    expect(asked.length).toBeGreaterThan(0);
    for (const request of asked) expect(request.headers).toMatchObject(headers);
    expect(host.targets).toEqual([]);
  },
);

test('the process of claude goes on from run to run, each with a token of its own', async ({
  signal,
}) => {
  server.script = () => [runCommand('echo "cli $PPID"'), say('done')];
  const first = relayed('claude');
  const { sessionId = '' } = (await runner.run(first, signal)).end as ResultEvent;
  const told = server.requests.findLast(({ model }) => model)?.model?.toolResults;
  const second = relayed('claude', { claude: { sessionId } });
  const { end } = await runner.run(second, signal);
  expect(end).toMatchObject({ type: 'result', sessionId });
  const last = server.requests.findLast(({ model }) => model)?.model?.toolResults;
  expect(last?.at(-1)).toEqual(told?.at(-1));
  expect(tokens()).toEqual([first.gateway?.token, second.gateway?.token]);
});

test('a host that is replaced before the model is asked is waited for', async ({ signal }) => {
  await host[Symbol.asyncDispose]();
  const request = relayed('codex');
  runner.send(request);
  await runner.waitFor((event) => event.type === 'started', signal);
  host = cleanUp.use(await DoorHost.start({ folder, modelPort: server.port }));
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
});

test('a run for a relay in a container without one is told so', async ({ signal }) => {
  await using bare = await RunnerProcess.start(signal);
  const { end } = await bare.run(relayed('codex'), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'internal' });
  expect(end).toMatchObject({ detail: 'this container has no way to the host' });
  expect(await readdir(bare.paths.home)).toEqual([]);
});
