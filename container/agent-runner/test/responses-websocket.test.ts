import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cutStream,
  failWith,
  runCommand,
  say,
  stallStream,
} from '../../../test/loopback/models/model-script.ts';
import { accessToken } from './chatgpt-sign-in.ts';
import { ResponsesKit } from './responses-kit.ts';

let kit: ResponsesKit;
beforeEach(async () => {
  kit = await ResponsesKit.start();
  kit.server.webSocket = 'accept';
});
afterEach(async () => await kit[Symbol.asyncDispose]());

const webSocket = { transport: 'websocket' } as const;
const methods = () => kit.asked.map(({ method }) => method);

test('a turn with a tool goes over WebSockets with the same headers and body', async () => {
  kit.server.script = [{ steps: [runCommand('echo hi'), say('done')] }];
  const { end } = await kit.run(await kit.chatgptRequest({}, webSocket));
  expect(end).toMatchObject({ type: 'result', text: 'done' });
  expect(methods()).toEqual(['WEBSOCKET', 'WEBSOCKET']);
  expect(kit.asked[1]).toMatchObject({
    path: '/backend-api/codex/responses',
    headers: {
      authorization: `Bearer ${accessToken('first')}`,
      'chatgpt-account-id': 'acct-1',
      originator: 'deckhand',
      'openai-beta': 'responses_websockets=2026-02-06',
    },
    body: { store: false, stream: true, instructions: expect.any(String) },
    model: { toolResults: ['[exit code 0]\nhi\n'] },
  });
});

test.each(['refuse', 'drop'] as const)(
  'a server that will %s the connection is asked by HTTP, for the rest of the turn',
  async (mode) => {
    kit.server.webSocket = mode;
    kit.server.script = [{ steps: [runCommand('echo hi'), say('done')] }];
    const { events, end } = await kit.run(await kit.chatgptRequest({}, webSocket));
    expect(end).toMatchObject({ type: 'result', text: 'done' });
    expect(methods()).toEqual(['POST', 'POST']);
    expect(events).not.toContainEqual(expect.objectContaining({ kind: 'retry' }));
  },
);

test('a connection that breaks in the middle of an answer is retried by HTTP', async () => {
  kit.server.script = [{ times: 1, steps: [cutStream('half')] }, { steps: [say('whole')] }];
  const { end } = await kit.run(await kit.chatgptRequest({}, webSocket));
  expect(end).toMatchObject({ type: 'result', text: 'whole' });
  expect(methods()).toEqual(['WEBSOCKET', 'POST']);
});

test('an error of the API is the same as by HTTP, and is no reason to ask by HTTP', async () => {
  const error = { type: 'usage_limit_reached', message: 'm', resets_at: 1_900_000_000 };
  kit.server.script = () => [failWith(429, { error })];
  const { end } = await kit.run(await kit.chatgptRequest({}, webSocket));
  expect(end).toMatchObject({ class: 'quota', retryAt: 1_900_000_000_000 });
  expect(methods()).toEqual(['WEBSOCKET']);
});

test('silence and an abort end a WebSocket', async () => {
  kit.server.script = () => [stallStream('begun')];
  kit.limits = { ...kit.limits, idleMs: 100, tries: 1 };
  expect((await kit.run(await kit.chatgptRequest({}, webSocket))).end).toMatchObject({
    class: 'overloaded',
    detail: 'the server was silent for 0.1 s',
  });
  kit.limits = { ...kit.limits, idleMs: 60_000 };
  const slow = await kit.chatgptRequest({ timeoutMs: 200 }, webSocket);
  expect((await kit.run(slow)).end).toMatchObject({ class: 'timeout' });
});
