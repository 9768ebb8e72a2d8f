import type { MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import { createForgetMessages } from '../db/forget-messages.ts';
import type { Run } from '../db/runs.ts';
import { createStores, type Stores } from '../db/stores.ts';
import { buildPrompt } from '../engine/build-prompt.ts';
import { type ClaimRun, createClaimRun, createRunId } from '../engine/claim-run.ts';
import { refuseByBudget } from '../engine/refuse-by-budget.ts';
import { systemRandomBytes } from '../random.ts';
import { createJudgingIngest } from './judging-ingest.ts';

/** More than any prompt shows; the rest is forgotten every so many messages. */
const KEPT_MESSAGES = 2_000;
/** Longer than any day, to which a budget belongs. */
const KEPT_RUNS_MS = 2 * 86_400_000;

export interface ReplaySettings {
  readonly group: RegisteredGroup;
  readonly assistantName: string;
  readonly timeZone: string;
  readonly historyMessages: number;
  readonly ownJid: Jid;
  /** How long a run takes; what comes meanwhile waits for the next one. Milliseconds. */
  readonly runMs: number;
}

/** A run as the host would have started it. */
export interface ReplayedRun {
  /** Unix milliseconds. */
  readonly at: number;
  /** Ids of the messages that it answers. */
  readonly asked: readonly string[];
  readonly prompt: string;
  /** Shown to an agent that cannot resume the conversation; empty when there is none. */
  readonly history: string;
  /** The budget of the group is used up: nobody is asked. */
  readonly isRefused: boolean;
}

/**
 * Plays messages through the host's own decisions, with a clock of theirs: idle ⇄ a run goes on, until `runMs` are over. The
 * database is to be empty and is thrown away afterwards: what no prompt can show any more is removed from it.
 */
export class Replay {
  readonly #settings: ReplaySettings;
  readonly #stores: Stores;
  readonly #onRun: (run: ReplayedRun) => void;
  readonly #ingest: (message: InboundMessage) => MessageDecision;
  readonly #claimRun: ClaimRun;
  readonly #forget: (keep: number, since: number) => void;
  #now = 0;
  #received = 0;
  #going: { readonly run: Run; readonly until: number } | undefined;

  constructor(db: Db, settings: ReplaySettings, onRun: (run: ReplayedRun) => void) {
    const stores = createStores(db);
    const randomBytes = systemRandomBytes;
    const parts = { ...stores, ...settings, db, now: () => this.#now, randomBytes };
    this.#settings = settings;
    this.#stores = stores;
    this.#onRun = onRun;
    this.#ingest = createJudgingIngest(parts);
    this.#claimRun = createClaimRun(parts);
    this.#forget = createForgetMessages(db);
  }

  /** Goes on to an instant: runs end that are over by then, and those that have waited for them start. */
  passTime(at: number): void {
    while (this.#going !== undefined && this.#going.until <= at) {
      const { run, until } = this.#going;
      this.#now = Math.max(this.#now, until);
      this.#end(run, 'answered');
      this.#going = undefined;
      this.startRun();
    }
    if (Number.isFinite(at)) this.#now = Math.max(this.#now, at);
  }

  /** Takes one message of this instant and tells what the host would make of it. */
  receive(message: InboundMessage): MessageDecision {
    const decision = this.#ingest(message);
    this.#received += 1;
    if (this.#received % KEPT_MESSAGES === 0) {
      this.#forget(KEPT_MESSAGES, this.#now - KEPT_RUNS_MS);
    }
    return decision;
  }

  /** Something waits for a run: starts it unless one goes on. */
  startRun(): void {
    if (this.#going !== undefined) return;
    const { group, runMs } = this.#settings;
    const refusal = this.#refusal();
    const run = this.#claimRun(group, {
      id: createRunId(systemRandomBytes),
      provider: group.provider,
    });
    if (run === undefined) return;
    this.#onRun({ ...this.#describe(run), isRefused: refusal !== undefined });
    if (refusal === undefined) this.#going = { run, until: this.#now + runMs };
    else this.#end(run, 'failed', refusal.reason);
  }

  /** A message that the assistant itself has sent: part of the conversation. */
  noteAnswer({ id, chatJid, text }: InboundMessage): void {
    const sent = { kind: 'text' as const, id, chatJid, text, mentions: [] };
    this.#stores.outbox.enqueue(sent, `export:${id}`, this.#now);
  }

  /** Ends the runs that go on and starts those that wait. */
  finish(): void {
    this.passTime(Number.POSITIVE_INFINITY);
  }

  #refusal() {
    const timeZoneOf = () => this.#timeZone;
    return refuseByBudget(
      { ...this.#stores, timeZoneOf, now: () => this.#now },
      this.#settings.group,
    );
  }

  get #timeZone(): string {
    return this.#settings.group.timeZone ?? this.#settings.timeZone;
  }

  #end(run: Run, state: 'answered' | 'failed', reason?: string): void {
    const { inbox, runs } = this.#stores;
    inbox.settleRun(run.id, state);
    runs.finish(run.id, state, this.#now, reason === undefined ? {} : { reason });
  }

  #describe(run: Run): Omit<ReplayedRun, 'isRefused'> {
    const stored = { ...this.#stores, ...this.#settings };
    const encoding = { ...stored, timeZone: this.#timeZone, randomBytes: systemRandomBytes };
    const { prompt, history } = buildPrompt(encoding, run);
    const shown = this.#stores.inbox.shownTo(run.id, 1);
    const asked = shown.flatMap(({ id, isTrigger }) => (isTrigger ? [id] : []));
    return { at: this.#now, prompt, history, asked };
  }
}
