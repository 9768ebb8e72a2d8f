import type { ReadableStream } from 'node:stream/web';
import { readErrorBody } from '@deckhand/protocol';
import { createParser } from 'eventsource-parser';
import { brokenCall, type CallFailure, classifyApiError } from './call-failure.ts';
import { IdleLimit } from './idle-limit.ts';
import { explainBreak, type ModelCall } from './model-call.ts';
import type { StreamMessage } from './response-reader.ts';

/** Longest event in characters; a response of a large model is below 1 MB. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024;
const MAX_ERROR_CHARS = 64 * 1024;
/** How long the end of a connection may trail the end of its response. */
const REST_LIMIT_MS = 1_000;

const TOO_LONG = brokenCall('an event of the stream is too long');

/** Sends the request over HTTP and hands on the server-sent events. Never rejects. */
export async function* streamSse(
  { url, headers, body }: ModelCall,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage, void> {
  using idle = new IdleLimit(idleMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      // A prompt and its credential go to the configured server alone.
      redirect: 'error',
      signal: AbortSignal.any([signal, idle.signal]),
    });
    idle.touch();
    if (response.ok) yield* readOpenStream(response, () => idle.touch());
    else yield { type: 'broken', failure: await readRefusal(response) };
  } catch (error) {
    yield explainBreak(error, idle, signal);
  }
}

/** Reads as long as somebody listens, and what is left to the end, so that the next request finds the connection free. */
async function* readOpenStream(
  { body }: Response,
  onChunk: () => void,
): AsyncGenerator<StreamMessage, void> {
  if (!body) return;
  try {
    yield* readEvents(body.values({ preventCancel: true }), onChunk);
  } finally {
    void readRest(body);
  }
}

/** Hardly anything comes behind the event that ends a response; a server that goes on is cut off. */
async function readRest(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const timer = setTimeout(() => void reader.cancel().catch(ignoreBreak), REST_LIMIT_MS);
  try {
    while (!(await reader.read()).done);
  } catch (error) {
    ignoreBreak(error);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that breaks behind the response has only to be made anew. */
function ignoreBreak(_error: unknown): void {}

/** The data of the events in a stream of bytes; an event that is cut off at the end is none. */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<StreamMessage, void> {
  const found: StreamMessage[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: ({ data }) => found.push({ type: 'event', data }),
    // All other errors are fields that are not known, which are to be ignored.
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') found.push({ type: 'broken', failure: TOO_LONG });
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    onChunk();
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* found;
    if (found.at(-1)?.type === 'broken') return;
    found.length = 0;
  }
  // The parser holds back a last CR, which may be half of a line ending.
  parser.feed('\n');
  yield* found;
}

async function readRefusal(response: Response): Promise<CallFailure> {
  const text = await readStart(response.body ?? []);
  return classifyApiError(readErrorBody(response.status, text), response.headers);
}

async function readStart(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ERROR_CHARS) break;
  }
  return text;
}
