import {
  type BinaryNode,
  decodeBinaryNode,
  encodeBinaryNode,
  type proto,
} from '@whiskeysockets/baileys';
import { WebSocket } from 'ws';
import { FrameReader, writeFrame } from './frames.ts';
import { type NoiseKeys, NoiseResponder, type NoiseTransport } from './noise.ts';
import { createSerial } from './serial.ts';

export interface ConnectionHandlers {
  /** The handshake is done; the payload says whether the client registers or logs in. */
  onPayload(connection: ClientConnection, payload: proto.ClientPayload): void;
  onNode(connection: ClientConnection, node: BinaryNode): Promise<void>;
  onClosed(connection: ClientConnection): void;
  /** The client broke the protocol; its socket is being closed for this reason. */
  onProtocolError(reason: string): void;
}

/** Longest reason a WebSocket close frame carries, in bytes. */
const MAX_REASON_LENGTH = 120;

/**
 * One client. handshake (two frames) → open (stanzas in both directions) → closed. Input is handled
 * strictly in order.
 */
export class ClientConnection {
  /** The client's static Noise key, known after the handshake. */
  noiseKey: Buffer = Buffer.alloc(0);
  readonly #socket: WebSocket;
  readonly #handlers: ConnectionHandlers;
  readonly #reader = new FrameReader();
  readonly #responder: NoiseResponder;
  readonly #inOrder = createSerial();
  #hasHello = false;
  /** The server gave the connection up and ignores what is still on its way. */
  #isGivenUp = false;
  #transport: NoiseTransport | undefined;

  constructor(socket: WebSocket, keys: NoiseKeys, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#responder = new NoiseResponder(keys);
    socket.on('message', (data: Buffer) => void this.#inOrder(() => this.#receive(data)));
    socket.on('close', () => void this.#inOrder(async () => handlers.onClosed(this)));
    socket.on('error', (error: Error) => this.#reject(error));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(node: BinaryNode): void {
    if (!this.isOpen || !this.#transport) return;
    this.#socket.send(writeFrame(this.#transport.seal(encodeBinaryNode(node))));
  }

  /** A last stanza, then an orderly close. */
  end(node: BinaryNode): void {
    this.send(node);
    this.#isGivenUp = true;
    this.#socket.close(1000);
  }

  /** Cuts the connection as a network failure would. */
  drop(): void {
    this.#isGivenUp = true;
    this.#socket.terminate();
  }

  async #receive(data: Buffer): Promise<void> {
    if (this.#isGivenUp) return;
    try {
      for (const frame of this.#reader.push(data)) await this.#handleFrame(frame);
    } catch (error) {
      this.#reject(error);
    }
  }

  async #handleFrame(frame: Buffer): Promise<void> {
    if (this.#transport) {
      const node = await decodeBinaryNode(this.#transport.open(frame));
      return this.#handlers.onNode(this, node);
    }
    if (!this.#hasHello) {
      this.#hasHello = true;
      this.#socket.send(writeFrame(this.#responder.answerHello(frame)));
      return;
    }
    const { noiseKey, payload } = this.#responder.readFinish(frame);
    this.noiseKey = noiseKey;
    this.#transport = this.#responder.split();
    this.#handlers.onPayload(this, payload);
  }

  #reject(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#isGivenUp = true;
    this.#handlers.onProtocolError(reason);
    this.#socket.close(1002, reason.slice(0, MAX_REASON_LENGTH));
  }
}
