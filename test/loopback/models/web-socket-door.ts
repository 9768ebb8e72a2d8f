import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { type AnswerSink, webSocketSink } from './answer-sink.ts';

/** `drop`: the connection is made and broken with the first message. */
export type WebSocketMode = 'refuse' | 'accept' | 'drop';

type Answer = (
  request: IncomingMessage,
  body: unknown,
  sink: AnswerSink,
  signal: AbortSignal,
) => Promise<void>;

const createSchema = z.looseObject({ type: z.literal('response.create') });

/** Lets WebSockets of the Responses API in, or not. */
export class WebSocketDoor {
  readonly #answer: Answer;
  readonly #server = new WebSocketServer({ noServer: true });
  mode: WebSocketMode = 'refuse';

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  enter(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.mode === 'refuse') return refuseUpgrade(socket);
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#serve(request, webSocket),
    );
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #serve(request: IncomingMessage, socket: WebSocket): void {
    const gone = new AbortController();
    socket.on('close', () => gone.abort(new Error('the client went away')));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => {
      if (this.mode === 'drop') return socket.terminate();
      const { type: _, ...body } = createSchema.parse(JSON.parse(data.toString('utf8')));
      const answered = this.#answer(request, body, webSocketSink(socket), gone.signal);
      // A script that waits at a gate ends with the client.
      answered.catch(() => socket.terminate());
    });
  }
}

/** 426 makes the Codex CLI use plain HTTPS at once; any other refusal costs it 6 s of retries. */
function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
}
