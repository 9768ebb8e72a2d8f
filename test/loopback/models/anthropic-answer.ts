import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Gate } from './gate.ts';
import type { ModelRequest } from './model-request.ts';
import type { ModelAnswer, ReplyUsage } from './model-script.ts';
import { cutConnection, openEventStream, sendJson } from './sse.ts';

const DEFAULT_USAGE: ReplyUsage = { inputTokens: 100, outputTokens: 10 };

const ERROR_TYPES: ReadonlyMap<number, { type: string; message: string }> = new Map([
  [400, { type: 'invalid_request_error', message: 'The request is not valid.' }],
  [401, { type: 'authentication_error', message: 'invalid x-api-key' }],
  [404, { type: 'not_found_error', message: 'model: not found' }],
  [429, { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' }],
  [529, { type: 'overloaded_error', message: 'Overloaded' }],
]);

function errorBody(status: number): unknown {
  const fallback = { type: 'api_error', message: 'Internal server error' };
  return { type: 'error', error: ERROR_TYPES.get(status) ?? fallback };
}

type Block =
  | { type: 'text'; text: string }
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> };

const toolUse = (name: string, input: Record<string, unknown>): Block => ({
  type: 'tool_use',
  id: `toolu_${randomUUID().replaceAll('-', '')}`,
  name,
  input,
});

const usageOf = (usage: ReplyUsage) => ({
  input_tokens: usage.inputTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: usage.outputTokens,
});

function message(request: ModelRequest, content: readonly Block[], usage: ReplyUsage) {
  return {
    id: `msg_${randomUUID().replaceAll('-', '')}`,
    type: 'message' as const,
    role: 'assistant',
    model: request.model,
    content,
    stop_reason: content[0]?.type === 'tool_use' ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: usageOf(usage),
  };
}

type Send = (event: { type: string } & Record<string, unknown>) => void;

function sendBlock(send: Send, block: Block): void {
  const [empty, delta] =
    block.type === 'text'
      ? [
          { ...block, text: '' },
          { type: 'text_delta', text: block.text },
        ]
      : [
          { ...block, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
        ];
  send({ type: 'content_block_start', index: 0, content_block: empty });
  send({ type: 'content_block_delta', index: 0, delta });
}

function begin(response: ServerResponse, request: ModelRequest, block?: Block): Send {
  const send: Send = openEventStream(response);
  const started = { ...message(request, [], DEFAULT_USAGE), stop_reason: null };
  send({ type: 'message_start', message: started });
  if (block) sendBlock(send, block);
  return send;
}

function complete(
  response: ServerResponse,
  request: ModelRequest,
  block: Block,
  usage: ReplyUsage,
): void {
  const whole = message(request, [block], usage);
  if (!request.isStream) return sendJson(response, 200, whole);
  finish(begin(response, request, block), whole.stop_reason, usage);
  response.end();
}

function finish(send: Send, stopReason: string, usage: ReplyUsage): void {
  send({ type: 'content_block_stop', index: 0 });
  send({
    type: 'message_delta',
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: usageOf(usage),
  });
  send({ type: 'message_stop' });
}

function beginText(response: ServerResponse, request: ModelRequest, text: string): void {
  begin(response, request, text === '' ? undefined : { type: 'text', text });
}

async function sendPieces(
  response: ServerResponse,
  request: ModelRequest,
  parts: readonly (string | Gate)[],
  signal: AbortSignal,
): Promise<void> {
  const send = begin(response, request);
  send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
  for (const part of parts) {
    if (typeof part === 'string')
      send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: part } });
    else await part.pass(signal);
  }
  finish(send, 'end_turn', DEFAULT_USAGE);
  response.end();
}

/** Gives one answer as the Messages API would. */
export async function sendAnthropicAnswer(
  response: ServerResponse,
  request: ModelRequest,
  answer: ModelAnswer,
  signal: AbortSignal,
): Promise<void> {
  switch (answer.type) {
    case 'reply':
      complete(
        response,
        request,
        { type: 'text', text: answer.text },
        answer.usage ?? DEFAULT_USAGE,
      );
      break;
    case 'pieces':
      await sendPieces(response, request, answer.parts, signal);
      break;
    case 'items':
    case 'raw':
      throw new Error(`the Messages API has no answer "${answer.type}"`);
    case 'command': {
      const input = { command: answer.command, description: 'Run a command' };
      complete(response, request, toolUse('Bash', input), DEFAULT_USAGE);
      break;
    }
    case 'tool':
      complete(response, request, toolUse(answer.name, answer.input), DEFAULT_USAGE);
      break;
    case 'error':
      sendJson(response, answer.status, answer.body ?? errorBody(answer.status), answer.headers);
      break;
    case 'cut':
      beginText(response, request, answer.text);
      cutConnection(response);
      break;
    case 'stall':
      beginText(response, request, answer.text);
      break;
  }
}
