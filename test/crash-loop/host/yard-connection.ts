import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeLine, type HostLine, LineSplitter } from '@deckhand/protocol';
import type { FoundAgent } from '../../../src/containers/agent-runtime.ts';
import type { Reader } from '../yard/yard-agent.ts';
import { type YardCall, type YardReply, yardReplySchema } from '../yard/yard-protocol.ts';

type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Question = OmitEach<Exclude<YardCall, { op: 'send' }>, 'seq'>;

/** The host's end of the socket to the agent yard. */
export class YardConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, PromiseWithResolvers<readonly FoundAgent[]>>();
  readonly #readers = new Map<string, Reader>();
  /** What came before its reader was named. */
  readonly #early = new Map<string, ((reader: Reader) => void)[]>();
  #seq = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const splitter = new LineSplitter(
      (line) => this.#onReply(yardReplySchema.parse(JSON.parse(line))),
      (chars) => socket.destroy(new Error(`a line of ${chars} characters`)),
    );
    socket.on('data', (chunk) => splitter.push(chunk));
  }

  static async open(socketPath: string): Promise<YardConnection> {
    const socket = connect(socketPath);
    await once(socket, 'connect');
    socket.unref();
    return new YardConnection(socket);
  }

  /** Rejects when the yard cannot do it. */
  ask(question: Question): Promise<readonly FoundAgent[]> {
    this.#seq += 1;
    const answer = Promise.withResolvers<readonly FoundAgent[]>();
    this.#waiting.set(this.#seq, answer);
    this.#socket.write(encodeLine({ ...question, seq: this.#seq }));
    return answer.promise;
  }

  send(id: string, line: HostLine): void {
    this.#socket.write(encodeLine({ op: 'send', id, line } satisfies YardCall));
  }

  /** Names who reads an agent's output, which includes what has come already. */
  read(id: string, reader: Reader): void {
    this.#readers.set(id, reader);
    for (const tell of this.#early.get(id) ?? []) tell(reader);
    this.#early.delete(id);
  }

  #onReply(reply: YardReply): void {
    switch (reply.re) {
      case 'done':
        return this.#settle(reply.seq)?.resolve(reply.found);
      case 'failed':
        return this.#settle(reply.seq)?.reject(new Error(reply.reason));
      case 'output':
        return this.#tell(reply.id, (reader) => reader.onOutput(reply.text));
      case 'exit':
        return this.#tell(reply.id, (reader) => reader.onExit(reply.exitCode));
      default:
        return reply satisfies never;
    }
  }

  #settle(seq: number): PromiseWithResolvers<readonly FoundAgent[]> | undefined {
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    return waiting;
  }

  #tell(id: string, tell: (reader: Reader) => void): void {
    const reader = this.#readers.get(id);
    if (reader !== undefined) return tell(reader);
    this.#early.set(id, [...(this.#early.get(id) ?? []), tell]);
  }
}
