import type { Socket } from 'node:net';
import type { DoorLine, DoorTarget } from '@deckhand/protocol';
import type { Logger } from '../logger.ts';
import type { GatewayEntry } from '../ports.ts';
import { AdmittedAttempt } from './admitted-attempt.ts';
import { readDoorLine } from './door-line.ts';
import { type DoorSocket, openDoorSocket } from './door-socket.ts';
import type { ModelSession } from './model-session.ts';
import { createRunToken, isSameToken } from './run-token.ts';

/** How long a connection may take to say who it is. */
const LINE_TIMEOUT_MS = 5_000;

export interface DoorDeps {
  /** Makes the tokens of attempts. */
  readonly key: string;
  readonly logger: Logger;
  readonly openModel: (entry: GatewayEntry) => ModelSession;
  /** Takes over a connection of an attempt that names itself rightly. */
  readonly serve: (attempt: AdmittedAttempt, to: DoorTarget, socket: Socket) => void;
}

/**
 * The door of one group. A connection says whose it is and where it goes, and is closed without a word when that is no
 * attempt that goes on here.
 */
export class Door implements AsyncDisposable {
  readonly #deps: DoorDeps;
  readonly #folder: string;
  readonly #attempts = new Set<AdmittedAttempt>();
  #socket: DoorSocket | undefined;

  private constructor(folder: string, deps: DoorDeps) {
    this.#folder = folder;
    this.#deps = deps;
  }

  /** Rejects when the socket cannot be made. */
  static async open(folder: string, deps: DoorDeps): Promise<Door> {
    const door = new Door(folder, deps);
    door.#socket = await openDoorSocket(
      folder,
      (socket) => void door.#receive(socket),
      (error) => deps.logger.warn({ err: error, folder }, 'the door of a group has a fault'),
    );
    return door;
  }

  /** Throws when the attempt is admitted already. */
  admit(entry: GatewayEntry): AdmittedAttempt {
    const { key, openModel } = this.#deps;
    const token = createRunToken(key, entry.attemptId);
    if (this.#find(token)) throw new Error(`attempt ${entry.attemptId} is admitted already`);
    const attempt = new AdmittedAttempt(entry, token, openModel(entry), () => {
      this.#attempts.delete(attempt);
    });
    this.#attempts.add(attempt);
    return attempt;
  }

  /** Nobody comes in any more; who is in stays. */
  stopListening(): void {
    this.#socket?.stopListening();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const attempt of this.#attempts) attempt[Symbol.dispose]();
    await this.#socket?.[Symbol.asyncDispose]();
  }

  async #receive(socket: Socket): Promise<void> {
    const line = await readDoorLine(socket, LINE_TIMEOUT_MS);
    const attempt = line && this.#find(line.token);
    if (line === undefined || attempt === undefined || socket.destroyed) {
      this.#refuse(socket, line);
      return;
    }
    attempt.own(socket);
    this.#deps.serve(attempt, line.to, socket);
    process.nextTick(resumeIfHeard, socket);
  }

  #refuse(socket: Socket, line: DoorLine | undefined): void {
    const reason =
      line === undefined ? 'it did not say whose it is' : 'no run of this group has its token';
    this.#deps.logger.debug({ folder: this.#folder, reason }, 'a connection was closed at a door');
    socket.destroy();
  }

  #find(token: string): AdmittedAttempt | undefined {
    return [...this.#attempts].find(({ access }) => isSameToken(access.token, token));
  }
}

/** Reading the line has paused the connection; whoever listens now expects one that flows. */
function resumeIfHeard(socket: Socket): void {
  if (socket.isPaused() && socket.listenerCount('data') > 0) socket.resume();
}
