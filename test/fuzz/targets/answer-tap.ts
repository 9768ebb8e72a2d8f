import type { Usage } from '@deckhand/protocol';
import { AnswerTap } from '../../../src/model-proxy/answer-tap.ts';
import { EventSplitter } from '../../../src/model-proxy/event-splitter.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { demandSaneObjects } from '../sane-objects.ts';

const event = (value: { type: string }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const ANTHROPIC = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      model: 'claude-sonnet-5',
      usage: { input_tokens: 12, cache_read_input_tokens: 900, output_tokens: 1 },
    },
  },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hällo "usage"' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 40 } },
  { type: 'message_stop' },
];
const OPENAI = [
  { type: 'response.created', response: { id: 'resp_1', usage: null } },
  { type: 'response.output_text.delta', delta: 'Hi 👩‍👧' },
  {
    type: 'response.completed',
    response: {
      id: 'resp_1',
      usage: { input_tokens: 10, output_tokens: 3, input_tokens_details: { cached_tokens: 4 } },
    },
  },
];
const ERROR = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };

/** A model's answer as it passes through the host: server-sent events, or one JSON text. */
export const answerTapTarget: FuzzTarget = {
  name: 'answer-tap',
  corpus: [
    ANTHROPIC.map(event).join(''),
    OPENAI.map(event).join('').replaceAll('\n', '\r\n'),
    `: ping\n\n${event(ERROR)}data: [DONE]\n\n`,
    JSON.stringify({ type: 'message', usage: { input_tokens: 1, output_tokens: 2 } }),
    `data: ${JSON.stringify({ type: 'response.failed', response: { error: { code: 'x', message: 'y' } } })}\n\n`,
  ],
  tokens: [
    'data:',
    'data: ',
    'event: ',
    ':',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '"usage":',
    '"input_tokens":-1',
    '"output_tokens":9007199254740991',
    '"error":',
    '[DONE]',
    '{',
    '}',
    '\xff',
  ],
  maxBytes: 65_536,
  check(input) {
    const type = input.length % 4 === 0 ? 'application/json' : 'text/event-stream; charset=utf-8';
    const isSame = tap(type, [input]) === tap(type, cutInChunks(input, 1 + (input.length % 53)));
    demand(isSame, 'counts depend on how an answer is cut');
    demand(
      eventsOf([input]) === eventsOf(cutInChunks(input, 1 + (input.length % 7))),
      'events depend on how a stream is cut',
    );
    demandSaneObjects();
  },
};

function tap(contentType: string, chunks: readonly Buffer[]): string {
  const errors: unknown[] = [];
  const answer = new AnswerTap(400);
  answer.begin(contentType, (error) => errors.push(error));
  for (const chunk of chunks) answer.push(chunk);
  answer.end();
  const { usage } = answer;
  const isCount = (count: number) => Number.isFinite(count) && count >= 0;
  demand(Object.values(usage satisfies Usage).every(isCount), 'a count below nothing');
  return JSON.stringify([usage, errors]);
}

function eventsOf(chunks: readonly Buffer[]): string {
  const events: string[] = [];
  const splitter = new EventSplitter((data) => events.push(data));
  for (const chunk of chunks) splitter.push(chunk);
  demand(
    events.every((data) => data.trim() !== ''),
    'an event of nothing',
  );
  return JSON.stringify(events);
}

function cutInChunks(input: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < input.length; at += size) chunks.push(input.subarray(at, at + size));
  return chunks;
}
