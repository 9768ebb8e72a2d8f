import type { ApiError } from '@deckhand/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerTap } from './answer-tap.ts';

const SSE = 'text/event-stream; charset=utf-8';
const event = (data: object | string) =>
  `event: x\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

function tap(text: string, contentType = SSE, cuts: readonly number[] = []) {
  const errors: ApiError[] = [];
  const reader = new AnswerTap(400);
  reader.begin(contentType, (error) => errors.push(error));
  const bytes = Buffer.from(text);
  let from = 0;
  for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  reader.end();
  return { usage: reader.usage, errors };
}

const CLAUDE = [
  event({
    type: 'message_start',
    message: {
      usage: {
        input_tokens: 7,
        cache_creation_input_tokens: 20,
        cache_read_input_tokens: 100,
        output_tokens: 1,
      },
    },
  }),
  event({ type: 'content_block_delta', delta: { text: 'größer "usage" und error 🎉' } }),
  event({ type: 'message_delta', delta: {}, usage: { input_tokens: 7, output_tokens: 42 } }),
  event({ type: 'message_stop' }),
].join('');
const OPENAI = [
  event({ type: 'response.created', response: { usage: null, error: null } }),
  event({ type: 'response.output_text.delta', delta: '"usage"' }),
  event({
    type: 'response.completed',
    response: {
      usage: { input_tokens: 127, output_tokens: 42, input_tokens_details: { cached_tokens: 100 } },
    },
  }),
  'data: [DONE]\n\n',
].join('');
const COUNTED = { inputTokens: 127, cachedInputTokens: 100, outputTokens: 42 };

test.each([
  ['Messages', CLAUDE],
  ['Responses', OPENAI],
])('the tokens of a stream of the %s API are counted, in whatever pieces it comes', (_, stream) => {
  const cut = fc.nat({ max: Buffer.byteLength(stream) });
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 20 }), (cuts) => {
      expect(tap(stream, SSE, cuts)).toEqual({ usage: COUNTED, errors: [] });
      expect(tap(stream.replaceAll('\n', '\r\n'), SSE, cuts).usage).toEqual(COUNTED);
    }),
    { numRuns: 100 },
  );
});

test('the tokens of answers that are no streams are counted', () => {
  const usage = { input_tokens: 27, cache_read_input_tokens: 100, output_tokens: 42 };
  const claude = JSON.stringify({ type: 'message', usage });
  expect(tap(claude, 'application/json').usage).toEqual(COUNTED);
  const openai = {
    object: 'response',
    usage: { input_tokens: 127, output_tokens: 42, input_tokens_details: { cached_tokens: 100 } },
  };
  expect(tap(JSON.stringify(openai), 'application/json').usage).toEqual(COUNTED);
});

test('an answer that is cut before its counts costs what its length lets expect', () => {
  const cut = OPENAI.slice(0, OPENAI.indexOf('response.completed'));
  const { usage } = tap(cut);
  expect(usage.inputTokens).toBe(100);
  expect(usage.outputTokens).toBe(Math.ceil(cut.length / 64));
  expect(tap(CLAUDE.slice(0, CLAUDE.indexOf('message_delta'))).usage.inputTokens).toBe(127);
  expect(tap('', 'application/json').usage.inputTokens).toBe(100);
});

test('a picture costs what the model has said, and not its bytes', () => {
  const reader = new AnswerTap(10_000_000);
  reader.begin(SSE, () => undefined);
  reader.push(Buffer.from(CLAUDE.slice(0, CLAUDE.indexOf('message_delta'))));
  expect(reader.usage.inputTokens).toBe(127);
});

test('errors within a stream are seen', () => {
  const overloaded = event({
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
  });
  expect(tap(overloaded).errors).toMatchObject([
    { type: 'overloaded_error', message: 'Overloaded' },
  ]);
  const failed = {
    type: 'response.failed',
    response: { error: { code: 'insufficient_quota', message: 'x' } },
  };
  expect(tap(event(failed)).errors).toMatchObject([{ code: 'insufficient_quota' }]);
  expect(tap(event({ type: 'error', code: 'server_error', message: 'x' })).errors).toMatchObject([
    { code: 'server_error' },
  ]);
});

test('whatever a server sends is no fault of the tap', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.json().map((json) => `data: ${json}\n\n`),
    fc.constantFrom(
      'data: {"usage":7}\n\n',
      'data: {"usage":{"input_tokens":-1}}\n\n',
      '\n\n',
      'data:',
      '{"error":',
    ),
  );
  fc.assert(
    fc.property(fc.array(odd), fc.constantFrom(SSE, 'application/json', ''), (parts, type) => {
      const { inputTokens, outputTokens } = tap(parts.join(''), type).usage;
      expect(inputTokens).toBeGreaterThanOrEqual(0);
      expect(outputTokens).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('an event that is too long is left out, and the next one is read', () => {
  const errors: ApiError[] = [];
  const reader = new AnswerTap(400);
  reader.begin(SSE, (error) => errors.push(error));
  reader.push(Buffer.from('data: {"usage":"'));
  for (let mebibytes = 0; mebibytes < 17; mebibytes++) reader.push(Buffer.alloc(1024 * 1024, 'x'));
  reader.push(Buffer.from(`"}\n\n${OPENAI}`));
  expect(reader.usage).toEqual(COUNTED);
});
