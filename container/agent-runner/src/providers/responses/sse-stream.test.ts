import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CallOutcome, readResponse } from './response-reader.ts';
import { readEvents, streamSse } from './sse-stream.ts';

const ignore = { begin: () => undefined, push: () => undefined, complete: () => undefined };

const item = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'héllo \u{1F600}' }],
};
const usage = { input_tokens: 3, output_tokens: 2, input_tokens_details: { cached_tokens: 1 } };
const events: readonly object[] = [
  { type: 'response.created', response: {} },
  { type: 'response.something_new', anything: [1] },
  { type: 'response.output_item.added', item: { ...item, content: [] } },
  { type: 'response.output_text.delta', delta: 'héllo ' },
  { type: 'response.output_text.delta', delta: '\u{1F600}' },
  { type: 'response.output_item.done', item },
  { type: 'response.completed', response: { output: [], usage } },
];
const whole: CallOutcome = {
  type: 'done',
  items: [item],
  usage: { inputTokens: 3, cachedInputTokens: 1, outputTokens: 2 },
};

/** As a server may write them: any line ending, comments, unknown fields, data on several lines. */
function encode(eol: string): Buffer {
  const lines = events.flatMap((event) => [
    ': comment',
    'id: 7',
    `event: ${Object(event).type}`,
    'unknown: field',
    ...JSON.stringify(event, null, 1)
      .split('\n')
      .map((line) => `data: ${line}`),
    '',
  ]);
  return Buffer.from(`\uFEFF${lines.join(eol)}${eol}`);
}

async function read(
  chunks: readonly Uint8Array[],
): Promise<{ outcome: CallOutcome; text: string }> {
  const texts: string[] = [];
  const listener = { ...ignore, push: (piece: string) => void texts.push(piece) };
  const outcome = await readResponse(
    readEvents(chunks, () => undefined),
    listener,
  );
  return { outcome, text: texts.join('') };
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('a stream with %s reads the same when it is split at every byte', async (_name, eol) => {
  const bytes = encode(eol);
  const expected = { outcome: whole, text: 'héllo \u{1F600}' };
  expect(await read([bytes])).toEqual(expected);
  expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('a stream reads the same however it is split', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(), { maxLength: 30 }),
      async (eol, cuts) => {
        expect((await read(cutAt(encode(eol), cuts))).outcome).toEqual(whole);
      },
    ),
    { numRuns: 60 },
  );
});

test('a stream that is cut anywhere before its end is a failure that may be retried', async () => {
  const bytes = encode('\n');
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 3), async (length) => {
      const { outcome } = await read([bytes.subarray(0, length)]);
      expect(outcome).toMatchObject({ type: 'failed', isRetryable: true, isBroken: true });
    }),
    { numRuns: 60 },
  );
});

test('bytes of any kind end in an outcome', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 })), async (chunks) => {
      const data = chunks.flatMap((chunk) => [Buffer.from('data: '), chunk, Buffer.from('\n\n')]);
      expect((await read(data)).outcome).toMatchObject({ type: 'failed' });
    }),
  );
});

test('an event that never ends does not fill the memory', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const endless = (function* () {
    yield Buffer.from('data: ');
    for (;;) yield chunk;
  })();
  const outcome = await readResponse(
    readEvents(endless, () => undefined),
    ignore,
  );
  expect(outcome).toMatchObject({
    type: 'failed',
    failure: { detail: 'an event of the stream is too long' },
  });
});

/** A server on loopback, closed with its connections. */
async function listen(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/responses`;
  const read = () =>
    readResponse(
      streamSse({ url, headers: {}, body: {} }, 60_000, new AbortController().signal),
      ignore,
    );
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { server, read, [Symbol.asyncDispose]: close };
}

/** Resolves when Node's fetch has read a response to its end. */
async function nextResponseEnd(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onEnd = () => resolve();
  subscribe('undici:request:trailers', onEnd);
  await promise;
  unsubscribe('undici:request:trailers', onEnd);
  await setImmediate();
}

test('the connection of a response that was read to its last event serves the next request', async () => {
  const responses: ServerResponse[] = [];
  await using loopback = await listen((_request, response) => {
    responses.push(response);
    response.write(encode('\n'));
  });
  const sockets: unknown[] = [];
  loopback.server.on('connection', (socket) => sockets.push(socket));
  for (let round = 0; round < 3; round++) {
    expect(await loopback.read()).toMatchObject({ type: 'done' });
    const ended = nextResponseEnd();
    responses[round]?.end(': something more');
    await ended;
  }
  expect(sockets).toHaveLength(1);
});

test('a server that does not end its stream is cut off', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using loopback = await listen((_request, response) => {
    response.on('close', resolve);
    response.write(encode('\n'));
  });
  expect(await loopback.read()).toMatchObject({ type: 'done' });
  await promise;
});
