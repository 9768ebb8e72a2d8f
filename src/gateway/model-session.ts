import type { Duplex } from 'node:stream';
import type { RunOutcome } from '../ports.ts';

/** What one attempt asks of its model, with what the model has answered to it. */
export interface ModelSession extends Disposable {
  /** Serves a connection, paused at the first byte of its first HTTP request, to its end. Never throws. */
  serve(socket: Duplex): void;
  /** See `Admission.settle`. */
  settle(outcome: RunOutcome): RunOutcome;
}
