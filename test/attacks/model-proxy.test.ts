import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  CANARY,
  CLAUDE_ASK,
  canaryCredential,
  GatewayWorld,
  OPENAI_ASK,
} from '../gateway/gateway-world.ts';
import { failWith, type ModelScript, say } from '../loopback/models/model-script.ts';
import { startModelServer } from '../loopback/models/server.ts';

let world: GatewayWorld;
beforeEach(async () => {
  world = await GatewayWorld.start();
});
afterEach(async () => await world[Symbol.asyncDispose]());

const BODY = JSON.stringify(CLAUDE_ASK);
const HEAD = `Host: x\r\nContent-Type: application/json\r\n`;
const post = (target: string, more = '', body = BODY) =>
  `POST ${target} HTTP/1.1\r\n${HEAD}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

test('T13: requests that are those of a program reach the model, with the credential', async () => {
  const admission = await world.admit('anthropic');
  expect(await world.exchange(admission, '')).toBe('');
  const { text } = await world.ask(admission, '/v1/messages', { body: CLAUDE_ASK });
  expect(text).toContain('You said: hello');
  expect(world.models.requests[0]?.headers['x-api-key']).toBe(CANARY);
  const socket = world.connect(admission);
  socket.write(post('/v1/messages'));
  for await (const chunk of socket) if (String(chunk).includes('message_stop')) break;
  expect(world.models.requests).toHaveLength(2);
});

const TARGETS = [
  '/',
  '/v1/files',
  '/v1/organizations/usage_report/messages',
  '/v1/messages/batches',
  '/v1/messages/',
  '/v1//messages',
  '//v1/messages',
  '/v1/./messages',
  '/v1/files/../messages',
  '/v1/messages/../files',
  '/v1/messages/..%2f..%2fv1%2ffiles',
  '/v1%2Fmessages',
  '/V1/messages',
  '/v1/messages;x=1',
  '/v1/messages?beta=true&x=1',
  '/v1/messages?beta=false',
  '/v1/messages?',
  '/v1/messages#x',
  '/v1/messages%00',
  '/v1/messages\\..\\files',
  '\\v1\\messages',
  'v1/messages',
  '*',
  '/responses',
  '/models',
];

test.each(TARGETS)('T13: nothing but the model is asked: POST %s', async (target) => {
  const admission = await world.admit('anthropic');
  expect(await world.exchange(admission, post(target))).toMatch(/^HTTP\/1\.1 40[04] /);
  expect(world.models.requests).toHaveLength(0);
});

test.each([
  '/v1/responses',
  '/responses/compact',
  '/responses?x',
  '/models',
  '/files',
  '/responses/resp_1',
])('T13: nothing but the model is asked of OpenAI: POST %s', async (target) => {
  const admission = await world.admit('openai');
  expect((await world.ask(admission, target, { body: OPENAI_ASK })).status).toBe(404);
  const other = await world.ask(admission, '/responses', { method: 'PUT', body: OPENAI_ASK });
  expect(other.status).toBe(404);
  const list = await world.ask(admission, '/models?client_version=1&x=2', { method: 'GET' });
  expect(list.status).toBe(404);
  expect(world.models.requests).toHaveLength(0);
});

test('T13: no other server is reached by a target or a host that names it', async () => {
  await using other = await startModelServer();
  const admission = await world.admit('anthropic');
  const { host } = new URL(other.anthropicBaseUrl);
  expect(await world.exchange(admission, post(`http://${host}/v1/messages`))).toContain(' 404 ');
  expect(await world.exchange(admission, post(`//${host}/v1/messages`))).toContain(' 404 ');
  expect(await world.exchange(admission, `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toBe(
    '',
  );
  const { status } = await world.ask(admission, '/v1/messages', {
    headers: { host },
    body: CLAUDE_ASK,
  });
  expect(status).toBe(200);
  expect(world.models.requests).toHaveLength(1);
  expect(other.requests).toHaveLength(0);
});

test('T13: a request is not upgraded', async () => {
  const admission = await world.admit('openai');
  for (const upgrade of ['websocket', 'h2c']) {
    const answer = await world.exchange(
      admission,
      `GET /responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
  }
  expect(world.models.requests).toHaveLength(0);
});

const HIDDEN = post('/v1/messages');
const length = Buffer.byteLength(BODY);
const SMUGGLED: [string, string][] = [
  [
    'two lengths',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}Content-Length: ${length}\r\nContent-Length: 0\r\n\r\n${BODY}`,
  ],
  [
    'chunks and a length',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\nContent-Length: ${length}\r\n\r\n0\r\n\r\n${HIDDEN}`,
  ],
  [
    'an odd transfer encoding',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}Transfer-Encoding: xchunked\r\n\r\n${BODY}`,
  ],
  [
    'a length with a sign',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}Content-Length: +${length}\r\n\r\n${BODY}`,
  ],
  [
    'a bare line feed in a header',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}X: a\nX-Api-Key: b\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
  ],
  [
    'a bare carriage return in a header',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}X: a\rb\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
  ],
  [
    'a space before a colon',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}Content-Length : ${length}\r\n\r\n${BODY}`,
  ],
  [
    'a folded header',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}X: a\r\n b\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
  ],
  [
    'a head that is too large',
    `POST /v1/messages HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
  ],
  ['no host', `POST /v1/messages HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n${BODY}`],
  ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01'],
];

test.each(SMUGGLED)(
  'T13: what two readers could read in two ways is refused: %s',
  async (_, bytes) => {
    const admission = await world.admit('anthropic');
    expect(await world.exchange(admission, bytes)).toMatch(/^(HTTP\/1\.1 4\d\d |broken|$)/);
    expect(world.models.requests).toHaveLength(0);
  },
);

test('T13: a body goes on as the host has read it, and not as it was written', async () => {
  const admission = await world.admit('anthropic');
  const twice = `{"model":"claude-opus-5","messages":[{"role":"user","content":"x"}],"model":"claude-sonnet-5"}`;
  expect((await world.ask(admission, '/v1/messages', { body: twice })).status).toBe(200);
  const [asked] = world.models.requests;
  expect(asked?.body).toMatchObject({ model: 'claude-sonnet-5' });
  // The server parses as we do: that the second name of the model is gone shows in the length alone.
  expect(asked?.headers['content-length']).toBe(String(JSON.stringify(asked?.body).length));
  const refused: [string, Record<string, string>][] = [
    [twice.replace('"claude-sonnet-5"', '"claude-opus-5"'), {}],
    ['{"model":', {}],
    ['', {}],
    [BODY, { 'content-encoding': 'gzip' }],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, {}],
  ];
  for (const [body, headers] of refused) {
    const { status } = await world.ask(admission, '/v1/messages', { body, headers });
    expect([400, 415]).toContain(status);
  }
  expect(world.models.requests).toHaveLength(1);
});

test('T4: a body larger than 32 MiB is refused, by its length and by its bytes', async () => {
  const admission = await world.admit('anthropic');
  const size = 33 * 1024 * 1024;
  const told = `POST /v1/messages HTTP/1.1\r\n${HEAD}Content-Length: ${size}\r\n\r\n`;
  expect(await world.exchange(admission, told)).toMatch(/^HTTP\/1\.1 413 /);
  const { status } = await world.ask(admission, '/v1/messages', {
    headers: { 'transfer-encoding': 'chunked' },
    body: 'x'.repeat(size),
  });
  expect(status).toBe(413);
  expect(world.models.requests).toHaveLength(0);
});

test('T4: a body that would cost the host seconds is refused unread', async () => {
  const admission = await world.admit('openai');
  const body = `{"model":"gpt-5.5","input":[${'[],'.repeat(8_000_000)}1]}`;
  expect(await world.ask(admission, '/responses', { body })).toMatchObject({
    status: 413,
    text: expect.stringContaining('The request has too many parts.'),
  });
  expect(world.models.requests).toHaveLength(0);
});

test('T4: a body that is no UTF-8 is refused, since the host would make three bytes of each', async () => {
  const admission = await world.admit('openai');
  const body = Buffer.from('{"model":"gpt-5.5","input":"\xff\xff\xff"}', 'latin1');
  const head = `POST /responses HTTP/1.1\r\n${HEAD}Content-Length: ${body.length}\r\n\r\n`;
  const answer = await world.exchange(admission, Buffer.concat([Buffer.from(head), body]));
  expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*must be JSON/);
  expect(world.models.requests).toHaveLength(0);
});

test('T16: what bodies take of the host is bounded over all requests of an attempt', async () => {
  const admission = await world.admit('anthropic');
  const half = `POST /v1/messages HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\n{`;
  const sockets = Array.from({ length: 64 }, () => world.connect(admission));
  for (const socket of sockets) await new Promise((done) => socket.write(half, done));
  const refused = await waitFor(async () => {
    const { status } = await world.ask(admission, '/v1/messages', { body: CLAUDE_ASK });
    return status === 503;
  });
  expect(refused).toBe(true);
  for (const socket of sockets) socket.destroy();
  const served = await waitFor(async () => {
    const { status } = await world.ask(admission, '/v1/messages', { body: CLAUDE_ASK });
    return status === 200;
  });
  expect(served).toBe(true);
});

/** The bytes of other connections arrive in their own time. */
async function waitFor(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 1_000; attempt++) if (await isSo()) return true;
  return false;
}

test('T13, T22: no answer, no log and no settled outcome has a credential, whatever a server echoes', async () => {
  const echo = { error: { message: `${CANARY} of ${CANARY}`, type: CANARY, code: CANARY } };
  const script: ModelScript = [
    { times: 1, steps: [failWith(401, echo)] },
    { times: 1, steps: [failWith(403, echo)] },
    { times: 1, steps: [failWith(500, CANARY, { 'request-id': 'x', 'set-cookie': CANARY })] },
    { times: 1, steps: [failWith(302, '', { location: `https://x/${CANARY}` })] },
    { steps: [say('hi')] },
  ];
  const seen: string[] = [];
  for (const provider of ['anthropic', 'openai', 'openai-codex'] as const) {
    world.models.script = script;
    const credential = canaryCredential(provider);
    const admission = await world.admit(provider, { credential });
    const [path, body] =
      provider === 'anthropic' ? ['/v1/messages', CLAUDE_ASK] : ['/responses', OPENAI_ASK];
    await world.ask(admission, '/nowhere', { body });
    for (let round = 0; round < 5; round++) {
      const answer = await world.ask(admission, path, { body });
      seen.push(JSON.stringify(answer));
    }
    for (const failureClass of ['auth', 'internal', 'overloaded', 'quota'] as const) {
      const outcome = {
        status: 'failed',
        class: failureClass,
        detail: '',
        hasSideEffects: false,
      } as const;
      seen.push(JSON.stringify(admission.settle(outcome)));
    }
  }
  expect(JSON.stringify(world.models.requests)).toContain(CANARY);
  expect(world.logs.join('')).toContain('was refused');
  expect(`${seen.join('')}${world.logs.join('')}`).not.toContain(CANARY);
});
