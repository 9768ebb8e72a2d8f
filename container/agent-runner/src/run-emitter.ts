import type { ProgressKind, RunEvent, RunRequest } from '@deckhand/protocol';
import { capAnswer, cutText } from './cut-text.ts';
import { DeltaStream } from './delta-stream.ts';
import type { Answer, Failure, ProviderOutcome } from './outcome.ts';
import { createRedactor, hideSecrets } from './redact.ts';

const MAX_PROGRESS_CHARS = 500;
const MAX_DETAIL_CHARS = 2000;

type WithoutBase<E> = E extends RunEvent ? Omit<E, 'runId' | 'seq'> : never;

/**
 * Writes the events of one run: numbers without gaps, one end, nothing after it. What comes after the
 * end (a late line of a dying process) is dropped.
 */
export class RunEmitter {
  readonly #request: RunRequest;
  readonly #write: (event: RunEvent) => void;
  readonly #redact: (text: string) => string;
  readonly #deltas: DeltaStream | undefined;
  #seq = 0;
  #hasEnded = false;
  #hasSideEffects = false;

  constructor(request: RunRequest, write: (event: RunEvent) => void) {
    this.#request = request;
    this.#write = write;
    this.#redact = createRedactor(request.secrets);
    if (request.isStreaming) this.#deltas = new DeltaStream(request.secrets);
  }

  started(model: string): void {
    this.#emit({ type: 'started', provider: this.#request.provider, model });
  }

  session(sessionId: string): void {
    this.#emit({ type: 'session', sessionId });
  }

  progress(kind: ProgressKind, detail: string): void {
    this.#emit({
      type: 'progress',
      kind,
      detail: cutText(this.#redact(detail), MAX_PROGRESS_CHARS),
    });
  }

  /** The next piece of the assistant's text; dropped when nobody reads along. */
  delta(text: string): void {
    for (const piece of this.#deltas?.push(text) ?? []) this.#emit({ type: 'delta', text: piece });
  }

  /** Something ran that a second try would repeat. */
  markSideEffect(): void {
    this.#hasSideEffects = true;
  }

  finish(outcome: ProviderOutcome): void {
    for (const piece of this.#deltas?.flush() ?? []) this.#emit({ type: 'delta', text: piece });
    this.#emit(outcome.type === 'result' ? this.#capResult(outcome) : this.#capFailure(outcome));
    this.#hasEnded = true;
  }

  #capResult(answer: Answer): WithoutBase<RunEvent> {
    const { secrets, maxOutputChars } = this.#request;
    return { ...answer, ...capAnswer(hideSecrets(answer.text, secrets), maxOutputChars) };
  }

  #capFailure(failure: Failure): WithoutBase<RunEvent> {
    return {
      ...failure,
      detail: cutText(this.#redact(failure.detail), MAX_DETAIL_CHARS),
      hasSideEffects: this.#hasSideEffects,
    };
  }

  #emit(event: WithoutBase<RunEvent>): void {
    if (this.#hasEnded) return;
    this.#write({ ...event, runId: this.#request.runId, seq: this.#seq++ });
  }
}
