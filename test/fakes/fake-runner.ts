import type { RunRequest } from '@deckhand/protocol';
import type { RegisteredGroup } from '../../src/core/group.ts';
import type { AgentRunner, RunHandlers, RunOutcome } from '../../src/ports.ts';

export interface FakeRun {
  readonly request: RunRequest;
  readonly group: RegisteredGroup;
  readonly handlers: RunHandlers;
  readonly signal: AbortSignal;
  end(outcome: RunOutcome): void;
}

export function answer(text: string, sessionId?: string): RunOutcome {
  return {
    status: 'answered',
    text,
    isCut: false,
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}

/** Agents played by the test: each run waits until the test, or `respond`, ends it. */
export class FakeRunner implements AgentRunner {
  readonly runs: FakeRun[] = [];
  readonly adopted: string[] = [];
  respond: ((run: FakeRun) => RunOutcome | undefined) | undefined;
  adoptable = new Map<string, RunOutcome>();
  /** What an adopted agent shows before it ends. */
  onAdopt: ((runId: string, handlers: RunHandlers) => void) | undefined;
  /** It is about to let go of its runs. */
  onDispose: (() => void) | undefined;
  readonly #open = new Set<FakeRun>();
  #isDisposed = false;
  readonly #waiters: { count: number; resolve: () => void }[] = [];

  run(
    request: RunRequest,
    group: RegisteredGroup,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome> {
    if (this.#isDisposed) return Promise.resolve({ status: 'detached' });
    return new Promise((resolve) => {
      const run: FakeRun = {
        request,
        group,
        handlers,
        signal,
        end: (outcome) => {
          this.#open.delete(run);
          resolve(outcome);
        },
      };
      this.#open.add(run);
      this.runs.push(run);
      handlers.onContainer(`container-${this.runs.length}`);
      const outcome = this.respond?.(run);
      if (outcome !== undefined) run.end(outcome);
      for (const waiter of this.#waiters) if (this.runs.length >= waiter.count) waiter.resolve();
    });
  }

  adopt(runId: string, _folder: string, handlers: RunHandlers): Promise<RunOutcome | undefined> {
    this.adopted.push(runId);
    const outcome = this.adoptable.get(runId);
    if (outcome !== undefined) this.onAdopt?.(runId, handlers);
    return Promise.resolve(outcome);
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves with the n-th run, counted from 1, as soon as it was asked for. */
  async waitForRun(count: number): Promise<FakeRun> {
    if (this.runs.length < count) {
      await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }));
    }
    const run = this.runs[count - 1];
    if (run === undefined) throw new Error(`run ${count} was not asked for`);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.onDispose?.();
    this.#isDisposed = true;
    for (const run of this.#open) run.end({ status: 'detached' });
    // The real one waits for its containers, and meanwhile the engine notices that its runs have ended.
    await new Promise(setImmediate);
  }
}
