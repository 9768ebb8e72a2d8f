import type { RunEvent } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { AttemptEnd, RunAttempts } from '../db/run-attempts.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { RunOutcome } from '../ports.ts';

export interface AttemptLogDeps {
  readonly db: Db;
  readonly runs: Pick<Runs, 'setContainer'>;
  readonly runAttempts: RunAttempts;
  readonly now: Now;
}

interface LiveAttempt {
  firstEventAt: number | undefined;
  tools: number;
  /** Stored with whatever follows. */
  failure: { readonly end: AttemptEnd; readonly at: number } | undefined;
}

type Attempt = Pick<Run, 'id' | 'attempt'>;
type Failed = Extract<RunOutcome, { status: 'failed' }>;

/**
 * Keeps what each attempt of a run did. What it shows while it goes on is counted in memory and stored in the
 * transaction that ends it, so that a run costs no commit more. Methods with "within a transaction" have none of
 * their own.
 */
export class AttemptLog {
  readonly #deps: AttemptLogDeps;
  readonly #live = new Map<string, LiveAttempt>();

  constructor(deps: AttemptLogDeps) {
    this.#deps = deps;
  }

  /** Within a transaction, after a model was chosen. */
  begin({ id: runId, attempt, provider }: Run, model: string): void {
    const { runAttempts, now } = this.#deps;
    runAttempts.begin({ runId, attempt, provider, model, now: now() });
  }

  setContainer(run: Attempt, containerId: string): void {
    const { db, runs, runAttempts, now } = this.#deps;
    db.transaction(() => {
      runs.setContainer(run.id, containerId, now());
      runAttempts.setContainer(keyOf(run), containerId, now());
    }).immediate();
  }

  /** Of an attempt that is taken over all events come again; the time of the first is kept if it is known. */
  onEvent(run: Attempt, event: RunEvent): void {
    const live = this.#liveOf(run);
    live.firstEventAt ??= this.#deps.now();
    if (event.type === 'progress' && event.kind === 'tool') live.tools += 1;
  }

  /** An attempt has failed, and it is not decided yet what follows. */
  noteFailure(
    run: Attempt,
    { class: failureClass, detail, usage }: Pick<Failed, 'class' | 'detail' | 'usage'>,
  ): void {
    const end = { outcome: 'failed', class: failureClass, detail, usage } as const;
    this.#liveOf(run).failure = { end, at: this.#deps.now() };
  }

  /** Within a transaction. A failure that was noted says more than `end`. */
  end(run: Attempt, end: AttemptEnd): void {
    const { runAttempts, now } = this.#deps;
    const live = this.#liveOf(run);
    const { failure } = live;
    runAttempts.end(keyOf(run), failure?.end ?? end, live, failure?.at ?? now());
    this.#live.delete(nameOf(run));
  }

  /** This host lets go of an attempt that may go on without it. */
  leave(run: Attempt): void {
    const live = this.#liveOf(run);
    if (live.failure !== undefined) this.end(run, live.failure.end);
    else this.#deps.runAttempts.keepSigns(keyOf(run), live);
    this.#live.delete(nameOf(run));
  }

  #liveOf(run: Attempt): LiveAttempt {
    const name = nameOf(run);
    const known = this.#live.get(name);
    if (known !== undefined) return known;
    const live = { firstEventAt: undefined, tools: 0, failure: undefined };
    this.#live.set(name, live);
    return live;
  }
}

function keyOf({ id: runId, attempt }: Attempt) {
  return { runId, attempt };
}

function nameOf({ id, attempt }: Attempt): string {
  return `${id} ${attempt}`;
}
