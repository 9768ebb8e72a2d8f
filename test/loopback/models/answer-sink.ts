import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { cutConnection, openEventStream, sendJson } from './sse.ts';

export type StreamEvent = { type: string } & Record<string, unknown>;
export type RawChunk = string | Uint8Array;

/** Where an answer goes: server-sent events over HTTP, or messages of a WebSocket. */
export interface AnswerSink {
  send(event: StreamEvent): void;
  /** The answer is complete. */
  end(): void;
  /** The connection breaks in the middle of the answer. */
  cut(): void;
  fail(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
  /** Bytes as they are, each chunk in a write of its own. */
  sendRaw(chunks: readonly RawChunk[]): Promise<void>;
}

export function httpSink(response: ServerResponse): AnswerSink {
  let send: ((event: StreamEvent) => void) | undefined;
  const open = () => (send ??= openEventStream(response));
  return {
    send: (event) => open()(event),
    end: () => void response.end(),
    cut: () => {
      open();
      cutConnection(response);
    },
    fail: (status, body, headers) => sendJson(response, status, body, headers),
    async sendRaw(chunks) {
      open();
      for (const chunk of chunks) {
        await new Promise<void>((resolve) => response.write(chunk, () => resolve()));
      }
    },
  };
}

/** Errors travel as an event with a status, as the real endpoint sends them. */
export function webSocketSink(socket: WebSocket): AnswerSink {
  return {
    send: (event) => socket.send(JSON.stringify(event)),
    end: () => undefined,
    cut: () => socket.terminate(),
    fail: (status, body, headers) =>
      socket.send(JSON.stringify({ type: 'error', status, headers, ...Object(body) })),
    async sendRaw(chunks) {
      for (const chunk of chunks) socket.send(chunk);
    },
  };
}
