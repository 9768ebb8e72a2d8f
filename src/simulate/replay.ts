import type { MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import { createForgetMessages } from '../db/forget-messages.ts';
import type { Run } from '../db/runs.ts';
import { createStores, type Stores } from '../db/stores.ts';
import { buildPrompt } from '../engine/build-prompt.ts';
import { createClaimRun, createRunId } from '../engine/claim-run.ts';
import { createIngest } from '../engine/ingest.ts';
import { refuseByBudget } from '../engine/refuse-by-budget.ts';

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

export interface Replay {
  /** Goes on to an instant: runs end that are over by then, and those that have waited for them start. */
  passTime(at: number): void;
  /** Takes one message of this instant and tells what the host would make of it. */
  receive(message: InboundMessage): MessageDecision;
  /** Something waits for a run: starts it unless one goes on. */
  startRun(): void;
  /** A message that the assistant itself has sent: part of the conversation. */
  noteAnswer(message: InboundMessage): void;
  /** Ends the runs that go on and starts those that wait. */
  finish(): void;
}

/**
 * Plays messages through the host's own decisions, with a clock of theirs. The database is to be empty and is thrown away
 * afterwards: what no prompt can show any more is removed from it.
 */
export function createReplay(
  db: Db,
  settings: ReplaySettings,
  onRun: (run: ReplayedRun) => void,
): Replay {
  const { group } = settings;
  const stores = createStores(db);
  const clock = { now: 0 };
  const now = () => clock.now;
  let going: { run: Run; until: number } | undefined;
  let received = 0;
  const ingest = createJudgingIngest({ ...stores, ...settings, db, now });
  const claimRun = createClaimRun({ ...stores, db, now });
  const forget = createForgetMessages(db);
  const budgeting = { ...stores, now, timeZoneOf: () => group.timeZone ?? settings.timeZone };

  const end = (run: Run, state: 'answered' | 'failed', reason?: string): void => {
    stores.inbox.settleRun(run.id, state);
    stores.runs.finish(run.id, state, clock.now, reason === undefined ? {} : { reason });
  };
  const start = (): void => {
    const refusal = refuseByBudget(budgeting, group);
    const run = claimRun(group, { id: createRunId(), provider: group.provider });
    if (run === undefined) return;
    onRun({ at: clock.now, isRefused: refusal !== undefined, ...promptOf(stores, settings, run) });
    if (refusal === undefined) going = { run, until: clock.now + settings.runMs };
    else end(run, 'failed', refusal.reason);
  };
  const passTime = (at: number): void => {
    while (going !== undefined && going.until <= at) {
      clock.now = Math.max(clock.now, going.until);
      end(going.run, 'answered');
      going = undefined;
      start();
    }
    if (Number.isFinite(at)) clock.now = Math.max(clock.now, at);
  };
  return {
    passTime,
    receive(message) {
      const decision = ingest(message);
      received += 1;
      if (received % KEPT_MESSAGES === 0) forget(KEPT_MESSAGES, clock.now - KEPT_RUNS_MS);
      return decision;
    },
    startRun() {
      if (going === undefined) start();
    },
    noteAnswer(message) {
      const { id, chatJid, text } = message;
      const sent = { kind: 'text' as const, id, chatJid, text, mentions: [] };
      stores.outbox.enqueue(sent, `export:${id}`, clock.now);
    },
    finish: () => passTime(Number.POSITIVE_INFINITY),
  };
}

type IngestParts = Stores & ReplaySettings & { readonly db: Db; now(): number };

/** The host's own, which tells what it has decided instead of acting on it. */
function createJudgingIngest(parts: IngestParts): (message: InboundMessage) => MessageDecision {
  const { group, ownJid } = parts;
  let decided: MessageDecision | undefined;
  const ingest = createIngest({
    ...parts,
    ownJids: () => [ownJid],
    findGroup: (jid) => (jid === group.jid ? group : undefined),
    // An export does not tell when a message came in: none is too old.
    judgeAge: (decision) => (decided = decision),
    receipts: { accept: () => undefined },
    onMedia: () => undefined,
    onCommand: () => undefined,
    onPending: () => undefined,
    report: () => undefined,
  });
  return (message) => {
    decided = undefined;
    const outcome = ingest(message);
    if (decided === undefined) throw new Error(`a message of an export is ${outcome}`);
    return decided;
  };
}

function promptOf(stores: Stores, settings: ReplaySettings, run: Run) {
  const timeZone = settings.group.timeZone ?? settings.timeZone;
  const { prompt, history } = buildPrompt({ ...stores, ...settings, timeZone }, run);
  const shown = stores.inbox.shownTo(run.id, 1);
  return { prompt, history, asked: shown.flatMap(({ id, isTrigger }) => (isTrigger ? [id] : [])) };
}
