import { randomUUID } from 'node:crypto';
import type { AnswerSink } from './answer-sink.ts';
import type { Gate } from './gate.ts';
import type { ModelRequest } from './model-request.ts';
import type { ModelAnswer, OutputItem, ReplyUsage } from './model-script.ts';
import { shellCall, toolCall } from './openai-tool-call.ts';

const DEFAULT_USAGE: ReplyUsage = { inputTokens: 100, outputTokens: 10 };

const ERROR_TYPES: ReadonlyMap<number, { type: string; code: string; message: string }> = new Map([
  [
    401,
    {
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      message: 'Incorrect API key provided.',
    },
  ],
  [429, { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached.' }],
]);

function errorBody(status: number): unknown {
  const fallback = { type: 'server_error', code: 'server_error', message: 'The server failed.' };
  return { error: ERROR_TYPES.get(status) ?? fallback };
}

function messageItem(text: string) {
  return {
    type: 'message',
    id: `msg_${randomUUID()}`,
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
}

function usageOf({ inputTokens, outputTokens }: ReplyUsage) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
}

function sendItem(sink: AnswerSink, item: OutputItem, text = ''): void {
  sink.send({ type: 'response.output_item.added', output_index: 0, item });
  if (text !== '') sendDelta(sink, text);
  sink.send({ type: 'response.output_item.done', output_index: 0, item });
}

function sendDelta(sink: AnswerSink, delta: string): void {
  sink.send({ type: 'response.output_text.delta', output_index: 0, delta });
}

/** Begins an answer; the function that is returned completes it. */
function begin(sink: AnswerSink): (usage?: ReplyUsage) => void {
  const id = `resp_${randomUUID()}`;
  sink.send({ type: 'response.created', response: { id, status: 'in_progress', output: [] } });
  return (usage = DEFAULT_USAGE) => {
    // The ChatGPT backend leaves `output` empty here; so does this server, for both paths.
    const response = { id, status: 'completed', output: [], usage: usageOf(usage) };
    sink.send({ type: 'response.completed', response });
    sink.end();
  };
}

function beginText(sink: AnswerSink, text: string): void {
  begin(sink);
  if (text === '') return;
  sink.send({ type: 'response.output_item.added', output_index: 0, item: messageItem('') });
  sendDelta(sink, text);
}

function complete(sink: AnswerSink, items: readonly OutputItem[]): void {
  const finish = begin(sink);
  for (const item of items) sendItem(sink, item);
  finish();
}

async function sendPieces(
  sink: AnswerSink,
  parts: readonly (string | Gate)[],
  signal: AbortSignal,
): Promise<void> {
  const finish = begin(sink);
  sink.send({ type: 'response.output_item.added', output_index: 0, item: messageItem('') });
  for (const part of parts) {
    if (typeof part === 'string') sendDelta(sink, part);
    else await part.pass(signal);
  }
  const text = parts.filter((part) => typeof part === 'string').join('');
  sink.send({ type: 'response.output_item.done', output_index: 0, item: messageItem(text) });
  finish();
}

/** Gives one answer as the Responses API would. */
export async function sendOpenaiAnswer(
  sink: AnswerSink,
  request: ModelRequest,
  answer: ModelAnswer,
  signal: AbortSignal,
): Promise<void> {
  switch (answer.type) {
    case 'reply': {
      const finish = begin(sink);
      sendItem(sink, messageItem(answer.text), answer.text);
      return finish(answer.usage);
    }
    case 'pieces':
      return await sendPieces(sink, answer.parts, signal);
    case 'command':
      return complete(sink, [shellCall(request, answer.command)]);
    case 'tool':
      return complete(sink, [toolCall(request, answer.name, answer.input)]);
    case 'items':
      return complete(sink, answer.items);
    case 'raw':
      await sink.sendRaw(answer.chunks);
      return answer.isCut ? sink.cut() : sink.end();
    case 'error':
      return sink.fail(answer.status, answer.body ?? errorBody(answer.status), answer.headers);
    case 'cut':
      beginText(sink, answer.text);
      return sink.cut();
    case 'stall':
      return beginText(sink, answer.text);
    default:
      return answer satisfies never;
  }
}
