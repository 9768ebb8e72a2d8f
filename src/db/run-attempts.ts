import type { Provider, Usage } from '@deckhand/protocol';
import type { Db } from './database.ts';

/** One attempt of a run; attempts are counted from 1. */
export interface AttemptKey {
  readonly runId: string;
  readonly attempt: number;
}

export interface NewAttempt extends AttemptKey {
  readonly provider: Provider;
  readonly model: string;
  readonly now: number;
}

/** What an attempt has shown of itself. */
export interface AttemptSigns {
  /** When its first event came, unix milliseconds. */
  readonly firstEventAt: number | undefined;
  /** Uses of tools. */
  readonly tools: number;
}

/**
 * How an attempt ended. `left`: its host went away and the next one found no container of it, or its group is
 * registered no more.
 */
export type AttemptEnd = { readonly usage?: Usage | undefined } & (
  | { readonly outcome: 'answered' | 'left' }
  /** `class` is the reason of the failure in the words of core/failure-notice.ts. */
  | { readonly outcome: 'failed'; readonly class: string; readonly detail: string }
);

export type RunAttempts = ReturnType<typeof createRunAttempts>;

/** Operations on what each attempt of a run did. Each is one statement, in the transaction of its caller. */
export function createRunAttempts(db: Db) {
  const begin = db.prepare(`
    insert into run_attempts (run_id, attempt, provider, model, started_at)
    values (:runId, :attempt, :provider, :model, :now)`);
  const container = db.prepare(`
    update run_attempts set container_id = :containerId, container_at = coalesce(container_at, :now)
    where run_id = :runId and attempt = :attempt`);
  const signs = db.prepare(`
    update run_attempts set first_event_at = coalesce(first_event_at, :firstEventAt), tools = max(tools, :tools)
    where run_id = :runId and attempt = :attempt and ended_at is null`);
  const end = db.prepare(`
    update run_attempts set ended_at = :now, outcome = :outcome, class = :class, detail = :detail,
      first_event_at = coalesce(first_event_at, :firstEventAt), tools = max(tools, :tools),
      input_tokens = :inputTokens, output_tokens = :outputTokens
    where run_id = :runId and attempt = :attempt and ended_at is null`);

  return {
    begin(attempt: NewAttempt): void {
      begin.run(attempt);
    },
    setContainer({ runId, attempt }: AttemptKey, containerId: string, now: number): void {
      container.run({ runId, attempt, containerId, now });
    },
    /** Keeps what was seen of an attempt that goes on without this host, which sees all its events again. */
    keepSigns({ runId, attempt }: AttemptKey, { firstEventAt, tools }: AttemptSigns): void {
      signs.run({ runId, attempt, firstEventAt: firstEventAt ?? null, tools });
    },
    /** Changes nothing once it has ended. */
    end({ runId, attempt }: AttemptKey, ended: AttemptEnd, seen: AttemptSigns, now: number): void {
      const failure = ended.outcome === 'failed' ? ended : { class: null, detail: null };
      end.run({
        runId,
        attempt,
        now,
        firstEventAt: seen.firstEventAt ?? null,
        tools: seen.tools,
        outcome: ended.outcome,
        class: failure.class,
        detail: failure.detail,
        inputTokens: ended.usage?.inputTokens ?? null,
        outputTokens: ended.usage?.outputTokens ?? null,
      });
    },
  };
}
