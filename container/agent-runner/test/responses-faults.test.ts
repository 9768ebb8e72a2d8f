import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from '../../../test/loopback/models/gate.ts';
import {
  cutStream,
  failWith,
  type ModelScript,
  makeItems,
  runCommand,
  say,
  sayInPieces,
  sendRaw,
  stallStream,
} from '../../../test/loopback/models/model-script.ts';
import { ResponsesKit } from './responses-kit.ts';

let kit: ResponsesKit;
beforeEach(async () => {
  kit = await ResponsesKit.start();
});
afterEach(async () => await kit[Symbol.asyncDispose]());

const sse = (...events: unknown[]) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const created = { type: 'response.created', response: {} };
const failed = (error: object) => ({ type: 'response.failed', response: { error } });
const notSupported =
  "The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account.";

test.each<[string, ModelScript, object, number]>([
  ['a rejected key', () => [failWith(401)], { class: 'auth' }, 1],
  ['a forbidden request', () => [failWith(403, { detail: 'Forbidden' })], { class: 'auth' }, 1],
  ['a model not served', () => [failWith(400, { detail: notSupported })], { class: 'model' }, 1],
  [
    'a model that is unknown',
    () => [failWith(404, { error: { code: 'model_not_found' } })],
    { class: 'model' },
    1,
  ],
  ['a bad request', () => [failWith(400, { error: { message: 'bad' } })], { class: 'refused' }, 1],
  [
    'a refused prompt',
    () => [failWith(400, { error: { code: 'invalid_prompt' } })],
    { class: 'refused' },
    1,
  ],
  [
    'a prompt that is too long',
    () => [failWith(400, { error: { code: 'context_length_exceeded' } })],
    { class: 'context' },
    1,
  ],
  [
    'a plan without the model',
    () => [failWith(429, { error: { type: 'usage_not_included' } })],
    { class: 'quota' },
    1,
  ],
  [
    'an exhausted quota',
    () => [failWith(429, { error: { code: 'insufficient_quota' } })],
    { class: 'quota' },
    1,
  ],
  ['a rate limit', () => [failWith(429)], { class: 'overloaded' }, 3],
  ['a server that fails', () => [failWith(503, 'gone')], { class: 'overloaded' }, 3],
  [
    'a gateway that fails in HTML',
    () => [failWith(502, '<html>Bad gateway</html>')],
    { class: 'overloaded' },
    3,
  ],
  ['a stream that is cut', () => [cutStream('be')], { class: 'overloaded' }, 3],
  [
    'a stream without its last event',
    () => [sendRaw([sse(created)])],
    { class: 'overloaded', detail: expect.stringContaining('ended before') },
    3,
  ],
  [
    'an event that is not JSON',
    () => [sendRaw(['data: {"type":\n\n'])],
    { class: 'overloaded', detail: expect.stringContaining('not JSON') },
    3,
  ],
  [
    'an event without a type',
    () => [sendRaw(['data: 7\n\n'])],
    { class: 'overloaded', detail: expect.stringContaining('no type') },
    3,
  ],
  [
    'a call without a name',
    () => [makeItems({ type: 'function_call', call_id: 'c' })],
    { class: 'overloaded', detail: expect.stringContaining('unexpected form') },
    3,
  ],
  [
    'a failure in the stream',
    () => [sendRaw([sse(created, failed({ code: 'server_error' }))])],
    { class: 'overloaded' },
    3,
  ],
  [
    'an overflow in the stream',
    () => [sendRaw([sse(failed({ code: 'context_length_exceeded' }))])],
    { class: 'context' },
    1,
  ],
  [
    'a refusal in the stream',
    () => [sendRaw([sse(failed({ code: 'invalid_prompt' }))])],
    { class: 'refused' },
    1,
  ],
  [
    'an error event',
    () => [sendRaw([sse({ type: 'error', code: 'insufficient_quota', message: 'm' })])],
    { class: 'quota' },
    1,
  ],
  [
    'an incomplete response',
    () => [
      sendRaw([
        sse({
          type: 'response.incomplete',
          response: { incomplete_details: { reason: 'content_filter' } },
        }),
      ]),
    ],
    { class: 'refused', detail: expect.stringContaining('content_filter') },
    1,
  ],
])(
  '%s fails with its class after the tries it deserves',
  async (_title, script, expected, tries) => {
    kit.server.script = script;
    const { end } = await kit.run();
    expect(end).toMatchObject({ type: 'failed', hasSideEffects: false, ...expected });
    expect(kit.asked).toHaveLength(tries);
  },
);

test('a retry repeats the same request and its answer counts', async () => {
  kit.server.script = [
    { times: 1, steps: [failWith(500)] },
    { times: 1, steps: [cutStream('half')] },
    { steps: [say('whole')] },
  ];
  const { events, end } = await kit.run();
  expect(end).toMatchObject({ type: 'result', text: 'whole' });
  expect(new Set(kit.asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(events.filter((event) => event.type === 'progress')).toMatchObject([
    { kind: 'retry', detail: expect.stringContaining('HTTP 500') },
    { kind: 'retry' },
    { kind: 'text', detail: 'whole' },
  ]);
});

test('a server that asks for patience gets it, up to a limit', async () => {
  kit.limits = { ...kit.limits, maxRetryWaitMs: 1500 };
  kit.server.script = [
    { times: 1, steps: [failWith(429, undefined, { 'retry-after': '1' })] },
    { steps: [say('patient')] },
  ];
  const { events, end } = await kit.run();
  expect(end).toMatchObject({ type: 'result', text: 'patient' });
  expect(events).toContainEqual(
    expect.objectContaining({ detail: expect.stringContaining('try 2 in 1000 ms') }),
  );
  kit.server.script = () => [failWith(429, undefined, { 'retry-after': '600' })];
  expect((await kit.run()).end).toMatchObject({ type: 'failed', class: 'overloaded' });
  expect(kit.asked).toHaveLength(3);
});

test('a usage limit tells when it ends, by its body or by the windows of the plan', async () => {
  const error = { type: 'usage_limit_reached', message: 'm', plan_type: 'plus' };
  kit.server.script = () => [failWith(429, { error: { ...error, resets_at: 1_900_000_000 } })];
  expect((await kit.run()).end).toMatchObject({ class: 'quota', retryAt: 1_900_000_000_000 });
  const headers = {
    'x-codex-primary-used-percent': '100',
    'x-codex-primary-reset-at': '1800000000',
    'x-codex-secondary-used-percent': '40',
    'x-codex-secondary-reset-at': '1900000000',
  };
  kit.server.script = () => [failWith(429, { error }, headers)];
  expect((await kit.run()).end).toMatchObject({ class: 'quota', retryAt: 1_800_000_000_000 });
  expect(kit.asked).toHaveLength(2);
});

test('a silent server is given up, before and after the first event', async () => {
  kit.limits = { ...kit.limits, idleMs: 100, tries: 1 };
  const gate = hold();
  for (const step of [stallStream('begun'), sayInPieces(gate, 'late')]) {
    kit.server.script = () => [step];
    expect((await kit.run()).end).toMatchObject({
      class: 'overloaded',
      detail: 'the server was silent for 0.1 s',
    });
  }
});

test('a server that cannot be reached is an overload', async () => {
  await using gone = await ResponsesKit.start();
  const request = gone.request();
  await gone.server[Symbol.asyncDispose]();
  const { end } = await kit.run(request);
  expect(end).toMatchObject({
    class: 'overloaded',
    detail: expect.stringMatching(/connection to the model failed: [^]*ECONNREFUSED/),
  });
});

test('a redirect is not followed with the credential', async () => {
  const location = `${kit.server.openaiBaseUrl}/elsewhere`;
  kit.server.script = () => [failWith(307, {}, { location })];
  expect((await kit.run()).end).toMatchObject({ type: 'failed', class: 'overloaded' });
  expect(kit.server.requests.map(({ path }) => path)).not.toContain('/v1/elsewhere');
});

test('nothing is retried after a reader has seen text of the answer', async () => {
  kit.server.script = [{ times: 1, steps: [cutStream('seen')] }, { steps: [say('again')] }];
  const { events, end } = await kit.run(kit.request({ isStreaming: true }));
  expect(end).toMatchObject({ type: 'failed', class: 'overloaded' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'delta', text: 'seen' }));
  expect(kit.asked).toHaveLength(1);
});

test('a failure after a tool tells of side effects, and a retry does not run the tool again', async () => {
  kit.server.script = (request) => {
    if (request.toolResults.length === 0) return [runCommand('echo ran >> log; cat log')];
    return [failWith(500), failWith(500)];
  };
  const { end } = await kit.run();
  expect(end).toMatchObject({ type: 'failed', class: 'overloaded', hasSideEffects: true });
  expect(kit.asked).toHaveLength(4);
  expect(kit.asked.at(-1)?.model?.toolResults).toEqual(['[exit code 0]\nran\n']);
});

test('the deadline and a cancel end a stalled stream and a wait for the next try', async () => {
  kit.server.script = () => [stallStream('begun')];
  const slow = kit.request({ timeoutMs: 200 });
  expect((await kit.run(slow)).end).toMatchObject({ type: 'failed', class: 'timeout' });
  kit.server.script = () => [failWith(500)];
  kit.limits = { ...kit.limits, backoffMs: 50_000, maxRetryWaitMs: 100_000 };
  expect((await kit.run(slow)).end).toMatchObject({ type: 'failed', class: 'timeout' });
});
