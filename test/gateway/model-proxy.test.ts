import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from '../loopback/models/gate.ts';
import { failWith, sayInPieces, stallStream } from '../loopback/models/model-script.ts';
import { CANARY, CLAUDE_ASK, canaryCredential, GatewayWorld, OPENAI_ASK } from './gateway-world.ts';

let world: GatewayWorld;
beforeEach(async () => {
  world = await GatewayWorld.start();
});
afterEach(async () => await world[Symbol.asyncDispose]());

const answered = { status: 'answered', text: 'hi', isCut: false } as const;
const failed = (failureClass: 'quota' | 'auth' | 'overloaded') =>
  ({ status: 'failed', class: failureClass, detail: 'I failed', hasSideEffects: false }) as const;

test('a key of Anthropic is added on the way, in place of what the container says', async () => {
  const admission = await world.admit('anthropic');
  const { status, text } = await world.ask(admission, '/v1/messages?beta=true', {
    headers: {
      'x-api-key': 'placeholder',
      authorization: 'Bearer placeholder',
      'anthropic-beta': 'context-1m',
    },
    body: CLAUDE_ASK,
  });
  expect([status, text]).toEqual([200, expect.stringContaining('You said: hello')]);
  expect(world.models.requests).toHaveLength(1);
  const { headers, body } = world.models.requests[0]!;
  expect(body).toEqual(CLAUDE_ASK);
  expect(headers).toMatchObject({ 'x-api-key': CANARY, 'anthropic-beta': 'context-1m' });
  expect(headers.authorization).toBeUndefined();
});

test('a connection is the container’s to close, so that none is closed under a question that is just being asked', async () => {
  const admission = await world.admit('openai');
  const agent = { headers: { connection: 'keep-alive' }, body: OPENAI_ASK };
  const { headers } = await world.ask(admission, '/responses', agent);
  expect(headers).toMatchObject({ connection: 'keep-alive' });
  expect(headers['keep-alive']).toBeUndefined();
});

test('a token of a Claude subscription is added with the beta that belongs to it', async () => {
  const credential = {
    ...canaryCredential('anthropic'),
    secrets: { CLAUDE_CODE_OAUTH_TOKEN: CANARY },
  };
  const admission = await world.admit('anthropic', { credential });
  const headers = { authorization: 'Bearer x', 'anthropic-beta': 'oauth-2025-04-20, one' };
  await world.ask(admission, '/v1/messages', { headers, body: CLAUDE_ASK });
  expect(world.models.requests[0]?.headers).toMatchObject({
    authorization: `Bearer ${CANARY}`,
    'anthropic-beta': 'one,oauth-2025-04-20',
  });
  expect(world.models.requests[0]?.headers['x-api-key']).toBeUndefined();
});

test('a key of OpenAI and a ChatGPT sign-in are added, each for its own server', async () => {
  const key = await world.admit('openai');
  expect((await world.ask(key, '/responses', { body: OPENAI_ASK })).status).toBe(200);
  const chatgpt = await world.admit('openai-codex');
  const headers = { 'chatgpt-account-id': 'somebody', originator: 'codex_exec', cookie: 'x=1' };
  expect((await world.ask(chatgpt, '/responses', { headers, body: OPENAI_ASK })).status).toBe(200);
  const [first, second] = world.models.requests;
  expect([first?.path, second?.path]).toEqual(['/v1/responses', '/backend-api/codex/responses']);
  expect(first?.headers).toMatchObject({ authorization: `Bearer ${CANARY}` });
  expect(first?.headers['chatgpt-account-id']).toBeUndefined();
  expect(second?.headers).toMatchObject({
    authorization: `Bearer ${CANARY}`,
    'chatgpt-account-id': 'acct-1',
    originator: 'codex_exec',
  });
  expect(second?.headers.cookie).toBeUndefined();
});

test('the lists and counts that the programs ask for pass', async () => {
  const openai = await world.admit('openai');
  const list = { method: 'GET' };
  expect((await world.ask(openai, '/models?client_version=0.169.0', list)).status).toBe(200);
  const claude = await world.admit('anthropic');
  const count = await world.ask(claude, '/v1/messages/count_tokens?beta=true', {
    body: CLAUDE_ASK,
  });
  expect(JSON.parse(count.text)).toEqual({ input_tokens: 100 });
  expect(claude.settle(answered)).toEqual(answered);
});

test('a stream passes as it is made', async () => {
  const gate = hold();
  world.models.script = [{ steps: [sayInPieces('first', gate, 'second')] }];
  const admission = await world.admit('openai');
  const asking = world.ask(admission, '/responses', { body: OPENAI_ASK });
  await gate.reached;
  gate.release();
  expect((await asking).text).toMatch(/first[\s\S]*second/);
});

test('a ChatGPT token that is refused is renewed once, whoever asks meanwhile, and the request sent again', async () => {
  world.models.isTokenLive = (token) => token === `${CANARY}-1`;
  const credential = canaryCredential('openai-codex', 5);
  const admission = await world.admit('openai-codex', { credential });
  const asks = Array.from({ length: 5 }, () =>
    world.ask(admission, '/responses', { body: OPENAI_ASK }),
  );
  for (const { status, text } of await Promise.all(asks)) {
    expect([status, text]).toEqual([200, expect.stringContaining('You said: hello')]);
  }
  expect(credential.renewed.count).toBe(1);
  expect(admission.settle(failed('auth'))).toHaveProperty('class', 'internal');
});

test('a sign-in whose renewed token is refused too is not renewed for as long as its agent asks', async () => {
  world.models.isTokenLive = () => false;
  const credential = canaryCredential('openai-codex', 5);
  const admission = await world.admit('openai-codex', { credential });
  for (let asked = 0; asked < 3; asked++)
    expect((await world.ask(admission, '/responses', { body: OPENAI_ASK })).status).toBe(401);
  expect(credential.renewed.count).toBe(1);
  expect(admission.settle(failed('auth'))).toHaveProperty('class', 'auth');
});

test('a credential that is over is told without a part of it, and is the attempt’s failure', async () => {
  world.models.script = [
    { steps: [failWith(401, { error: { message: `Incorrect API key provided: ${CANARY}` } })] },
  ];
  const admission = await world.admit('openai');
  const { status, text } = await world.ask(admission, '/responses', { body: OPENAI_ASK });
  expect([status, JSON.parse(text).error.message]).toEqual([
    401,
    'The credential of this installation was refused by the model.',
  ]);
  expect(world.models.requests).toHaveLength(1);
  expect(admission.settle(failed('auth'))).toHaveProperty('class', 'auth');
});

test('without a credential nothing is sent', async () => {
  const credential = { ...canaryCredential('openai-codex'), signIn: async () => undefined };
  const admission = await world.admit('openai-codex', { credential });
  expect((await world.ask(admission, '/responses', { body: OPENAI_ASK })).status).toBe(401);
  expect(world.models.requests).toHaveLength(0);
  expect(admission.settle(failed('auth'))).toHaveProperty('class', 'auth');
});

test('a client that goes away takes its request with it', async () => {
  world.models.script = [{ steps: [stallStream('half')] }];
  const admission = await world.admit('openai');
  const gone = new AbortController();
  const asking = world.ask(admission, '/responses', { body: OPENAI_ASK, signal: gone.signal });
  await world.models.waitForRequest(() => true, AbortSignal.timeout(30_000));
  gone.abort();
  await expect(asking).rejects.toThrow('aborted');
});

test('the end of the attempt ends what it asks', async () => {
  world.models.script = [{ steps: [stallStream('half')] }];
  const admission = await world.admit('openai');
  const asking = world.ask(admission, '/responses', { body: OPENAI_ASK });
  await world.models.waitForRequest(() => true, AbortSignal.timeout(30_000));
  admission[Symbol.dispose]();
  await expect(asking).rejects.toThrow(/hang up|aborted/);
});

test('what an agent is refused is in the log, as often as somebody may want to read it', async () => {
  const admission = await world.admit('openai');
  const asks = Array.from({ length: 60 }, () => world.ask(admission, '/nowhere'));
  for (const { status } of await Promise.all(asks)) expect(status).toBe(404);
  const lines = world.logs.filter((line) => line.includes('was refused'));
  expect(lines).toHaveLength(50);
});
