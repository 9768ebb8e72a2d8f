import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ModelRequest } from './model-request.ts';
import type { ModelAnswer, ReplyUsage } from './model-script.ts';
import { shellCall, toolCall } from './openai-tool-call.ts';
import { cutConnection, openEventStream, sendJson } from './sse.ts';

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

type Item = { type: string };
type Send = (event: { type: string } & Record<string, unknown>) => void;

function sendItem(send: Send, item: Item, text: string): void {
  send({ type: 'response.output_item.added', output_index: 0, item });
  if (text !== '') send({ type: 'response.output_text.delta', output_index: 0, delta: text });
  send({ type: 'response.output_item.done', output_index: 0, item });
}

function complete(response: ServerResponse, item: Item, text: string, usage: ReplyUsage): void {
  const id = `resp_${randomUUID()}`;
  const send: Send = openEventStream(response);
  send({ type: 'response.created', response: { id, status: 'in_progress', output: [] } });
  sendItem(send, item, text);
  // The ChatGPT backend leaves `output` empty here; so does this server, for both paths.
  send({
    type: 'response.completed',
    response: { id, status: 'completed', output: [], usage: usageOf(usage) },
  });
  response.end();
}

function begin(response: ServerResponse, text: string): void {
  const send: Send = openEventStream(response);
  send({ type: 'response.created', response: { id: `resp_${randomUUID()}`, output: [] } });
  if (text === '') return;
  send({ type: 'response.output_item.added', output_index: 0, item: messageItem('') });
  send({ type: 'response.output_text.delta', output_index: 0, delta: text });
}

/** Gives one answer as the Responses API would. */
export function sendOpenaiAnswer(
  response: ServerResponse,
  request: ModelRequest,
  answer: ModelAnswer,
): void {
  switch (answer.type) {
    case 'reply':
      complete(response, messageItem(answer.text), answer.text, answer.usage ?? DEFAULT_USAGE);
      break;
    case 'command':
      complete(response, shellCall(request, answer.command), '', DEFAULT_USAGE);
      break;
    case 'tool':
      complete(response, toolCall(request, answer.name, answer.input), '', DEFAULT_USAGE);
      break;
    case 'error':
      sendJson(response, answer.status, answer.body ?? errorBody(answer.status), answer.headers);
      break;
    case 'cut':
      begin(response, answer.text);
      cutConnection(response);
      break;
    case 'stall':
      begin(response, answer.text);
      break;
  }
}
