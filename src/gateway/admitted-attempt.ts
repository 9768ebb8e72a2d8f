import type { Socket } from 'node:net';
import type { GatewayAccess } from '@deckhand/protocol';
import type { Admission, GatewayEntry, RunOutcome } from '../ports.ts';
import type { ModelSession } from './model-session.ts';

/** An attempt that may come through a door, with the connections that it has. */
export class AdmittedAttempt implements Admission {
  readonly entry: GatewayEntry;
  readonly access: GatewayAccess;
  readonly model: ModelSession;
  readonly #ended = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #onEnd: () => void;

  constructor(entry: GatewayEntry, token: string, model: ModelSession, onEnd: () => void) {
    this.entry = entry;
    this.access = { token };
    this.model = model;
    this.#onEnd = onEnd;
  }

  /** Aborts when the attempt is over. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** The connection ends with the attempt from here on. */
  own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  settle(outcome: RunOutcome): RunOutcome {
    return this.model.settle(outcome);
  }

  [Symbol.dispose](): void {
    if (this.#ended.signal.aborted) return;
    this.#onEnd();
    this.#ended.abort(new Error('the run is over'));
    for (const socket of this.#sockets) socket.destroy();
    this.model[Symbol.dispose]();
  }
}
