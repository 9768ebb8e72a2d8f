import { on } from 'node:events';
import { z } from 'zod';
import { IdleLimit } from './idle-limit.ts';
import { explainBreak, type ModelCall } from './model-call.ts';
import type { StreamMessage } from './response-reader.ts';

const BETA = 'responses_websockets=2026-02-06';

const messageSchema = z.tuple([z.instanceof(MessageEvent)]);

function toWebSocketUrl(url: string): string {
  return url.replace(/^http/, 'ws');
}

/**
 * Sends the request over a WebSocket of its own and hands on the same events as the HTTP stream has. It ends
 * without any message when the server does not take the connection. Never rejects.
 */
export async function* streamWebSocket(
  { url, headers, body }: ModelCall,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage, void> {
  using idle = new IdleLimit(idleMs);
  const socket = new WebSocket(toWebSocketUrl(url), {
    headers: { ...headers, 'openai-beta': BETA },
  });
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify({ type: 'response.create', ...body }));
  });
  try {
    const stop = AbortSignal.any([signal, idle.signal]);
    for await (const event of on(socket, 'message', { signal: stop, close: ['close', 'error'] })) {
      idle.touch();
      const [message] = messageSchema.parse(event);
      yield { type: 'event', data: String(message.data) };
    }
  } catch (error) {
    yield explainBreak(error, idle, signal);
  } finally {
    socket.close();
  }
}
