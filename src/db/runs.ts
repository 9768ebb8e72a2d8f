import { type Provider, providerSchema, type Usage } from '@deckhand/protocol';
import { type PassedModel, passedModelSchema } from '../core/fallback.ts';
import type { Jid } from '../core/message.ts';
import type { Db } from './database.ts';

/** `messages`: answers what was asked in the chat; `task`: a slot of a scheduled task. */
export type RunKind = 'messages' | 'task';

export interface Run {
  readonly id: string;
  readonly kind: RunKind;
  readonly chatJid: Jid;
  /** Of the attempt, as is the provider: the registration may say something else by now. */
  readonly folder: string;
  readonly provider: Provider;
  readonly attempt: number;
  /** Full name of the model of the attempt; null before one was chosen. */
  readonly model: string | null;
  /** Attempts on that model, the current one included. */
  readonly tries: number;
  /** Models that this run has given up, oldest first. */
  readonly passed: readonly PassedModel[];
  readonly containerId: string | null;
  /** The newest row of the outbox when the run was claimed; 0 when there was none. */
  readonly outboxSeq: number;
  readonly createdAt: number;
}

interface RunRow {
  id: string;
  kind: RunKind;
  chat_jid: string;
  folder: string;
  provider: string;
  attempt: number;
  model: string | null;
  tries: number;
  passed_json: string;
  container_id: string | null;
  outbox_seq: number;
  created_at: number;
}

export interface NewRun {
  readonly id: string;
  readonly kind: RunKind;
  readonly chatJid: Jid;
  readonly folder: string;
  readonly provider: Provider;
  /** Full name of the model of the first attempt; none when no model may be asked. */
  readonly model?: string;
  readonly now: number;
}

export type Runs = ReturnType<typeof createRuns>;

const columns =
  'id, kind, chat_jid, folder, provider, attempt, model, tries, passed_json, container_id, outbox_seq, created_at';

/** Operations on runs: one row per answer that is asked for, over all its attempts. */
export function createRuns(db: Db) {
  const insert = db.prepare(`
    insert into runs (id, kind, chat_jid, folder, provider, model, state, attempt, outbox_seq, created_at)
    values (:id, :kind, :chatJid, :folder, :provider, :model, 'running', 1,
      (select coalesce(max(seq), 0) from outbox), :now)`);
  const running = db.prepare<[], RunRow>(
    `select ${columns} from runs where state = 'running' order by created_at`,
  );
  const runningIn = db.prepare<[string], RunRow>(
    `select ${columns} from runs where chat_jid = ? and state = 'running'`,
  );
  const nextAttempt = db.prepare(`
    update runs set attempt = :attempt, tries = :tries, container_id = null, folder = :folder,
      provider = :provider, model = :model
    where id = :id`);
  const pass = db.prepare('update runs set passed_json = :passed where id = :id');
  const container = db.prepare(
    'update runs set container_id = :containerId, started_at = coalesce(started_at, :now) where id = :id',
  );
  const finish = db.prepare(`
    update runs set state = :state, finished_at = :now, reason = :reason, detail = :detail,
      input_tokens = :inputTokens, output_tokens = :outputTokens
    where id = :id and state = 'running'`);
  const counts = db.prepare<[number], { state: string; count: number }>(
    'select state, count(*) as count from runs where created_at >= ? group by state',
  );

  return {
    insert(run: NewRun): void {
      insert.run({ ...run, model: run.model ?? null });
    },
    running: (): Run[] => running.all().map(toRun),
    runningIn(chatJid: Jid): Run | undefined {
      const row = runningIn.get(chatJid);
      return row === undefined ? undefined : toRun(row);
    },
    /** Goes on with a model, whose tries are counted anew when it is another one. */
    beginNextAttempt(run: Run, to: Pick<Run, 'folder' | 'provider'> & { model: string }): Run {
      const { folder, provider, model } = to;
      const isAnother = run.model !== null && run.model !== model;
      const [attempt, tries] = [run.attempt + 1, isAnother ? 1 : run.tries + 1];
      nextAttempt.run({ id: run.id, attempt, tries, folder, provider, model });
      return { ...run, attempt, tries, containerId: null, folder, provider, model };
    },
    passModel(run: Run, model: PassedModel): Run {
      const next = { ...run, passed: [...run.passed, model] };
      pass.run({ id: run.id, passed: JSON.stringify(next.passed) });
      return next;
    },
    setContainer(id: string, containerId: string, now: number): void {
      container.run({ id, containerId, now });
    },
    /** False when the run had ended already. */
    finish(
      id: string,
      state: 'answered' | 'failed' | 'cancelled',
      now: number,
      end: { reason?: string; detail?: string; usage?: Usage | undefined } = {},
    ): boolean {
      const { changes } = finish.run({
        id,
        state,
        now,
        reason: end.reason ?? null,
        detail: end.detail ?? null,
        inputTokens: end.usage?.inputTokens ?? null,
        outputTokens: end.usage?.outputTokens ?? null,
      });
      return changes > 0;
    },
    countsSince: (since: number) => counts.all(since),
  };
}

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    kind: row.kind,
    chatJid: row.chat_jid,
    folder: row.folder,
    provider: providerSchema.parse(row.provider),
    attempt: row.attempt,
    model: row.model,
    tries: row.tries,
    passed: passedModelSchema.array().parse(JSON.parse(row.passed_json)),
    containerId: row.container_id,
    outboxSeq: row.outbox_seq,
    createdAt: row.created_at,
  };
}
