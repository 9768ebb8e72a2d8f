import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ApiError, readErrorBody } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import type { ModelProvider } from '../core/models/model-ref.ts';
import { classifySeenError, type SeenFailure } from '../core/models/seen-failure.ts';
import { isErrno } from '../errno.ts';
import type { AnswerTap } from './answer-tap.ts';
import { allowedResponseHeaders, headerReader } from './headers.ts';
import { sendRefusal } from './send-refusal.ts';

/** Longest text of an error that is read and handed on, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024;

export interface AnswerParts {
  readonly provider: ModelProvider;
  readonly noteFailure: (failure: SeenFailure) => void;
  readonly now: Now;
  /** Must not come back to the container in an error. */
  readonly secret: string;
  /** Of a question whose answer costs tokens. */
  readonly tap: AnswerTap | undefined;
}

/** Hands the answer of a model's server on to the container, and notes what it says. Rejects never. */
export async function relayAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  parts: AnswerParts,
): Promise<void> {
  const status = answer.statusCode ?? 0;
  const isAnswer = status >= 200 && status < 300;
  if (!isAnswer) parts.tap?.forgive();
  if (status >= 400) return await relayError(answer, status, response, parts);
  if (!isAnswer) {
    answer.destroy();
    parts.noteFailure({ class: 'overloaded', detail: `HTTP ${status}: no answer` });
    const message = "The model's server has answered with a redirect.";
    return sendRefusal(response, parts.provider, { status: 502, message });
  }
  await relayStream(answer, response, parts);
}

async function relayStream(
  answer: IncomingMessage,
  response: ServerResponse,
  { provider, noteFailure, now, tap }: AnswerParts,
): Promise<void> {
  const headers = headerReader(answer.headers);
  response.writeHead(answer.statusCode ?? 200, allowedResponseHeaders(answer.headers));
  response.flushHeaders();
  const note = (error: ApiError) => noteFailure(classifySeenError(provider, error, headers, now()));
  tap?.begin(headers.get('content-type') ?? '', note);
  if (tap) answer.on('data', (chunk: Buffer) => tap.push(chunk));
  await carry(answer, response);
}

/** What is cut off on one side is cut off on the other. */
async function carry(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await pipeline(answer, response);
  } catch (error) {
    if (!isErrno(error, 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR')) {
      throw error;
    }
  }
}

async function relayError(
  answer: IncomingMessage,
  status: number,
  response: ServerResponse,
  { provider, noteFailure, now, secret }: AnswerParts,
): Promise<void> {
  const text = (await readStart(answer)).replaceAll(secret, '[redacted]');
  const error = readErrorBody(status, text);
  noteFailure(classifySeenError(provider, error, headerReader(answer.headers), now()));
  // It often shows a part of the key.
  if (status === 401) {
    const message = 'The credential of this installation was refused by the model.';
    return sendRefusal(response, provider, { status, message });
  }
  const { 'content-encoding': encoding, ...headers } = allowedResponseHeaders(answer.headers);
  response.writeHead(status, headers);
  response.end(encoding === undefined || encoding === 'identity' ? text : '');
}

async function readStart(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ERROR_BYTES) break;
    }
  } catch (error) {
    if (!isErrno(error, 'ECONNRESET', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ERROR_BYTES).toString('utf8');
}
