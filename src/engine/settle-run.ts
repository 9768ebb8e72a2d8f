import type { Now } from '../clock.ts';
import { type FailureReason, failureNotice } from '../core/failure-notice.ts';
import type { Jid, QuotedMessage } from '../core/message.ts';
import { toMessageId } from '../core/message-id.ts';
import { describeOutbound } from '../core/outbound/describe.ts';
import { addMentions } from '../core/outbound/mentions.ts';
import { renderAnswer } from '../core/outbound/render-answer.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Db } from '../db/database.ts';
import type { Inbox, StoredMessage } from '../db/inbox.ts';
import type { MessageLookup } from '../db/message-lookup.ts';
import type { Outbox } from '../db/outbox.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Sessions } from '../db/sessions.ts';
import type { RunOutcome } from '../ports.ts';
import type { RandomBytes } from '../random.ts';
import type { Receipts } from './receipts.ts';

export interface SettleRunDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly lookup: MessageLookup;
  readonly outbox: Outbox;
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly receipts: Receipts;
  readonly timeZoneOf: (chatJid: Jid) => string;
  readonly now: Now;
  readonly randomBytes: RandomBytes;
}

export type Answered = Extract<RunOutcome, { status: 'answered' }>;
export interface RunFailure {
  readonly reason: FailureReason;
  /** For the log and the database. */
  readonly detail: string;
  readonly retryAt?: number | undefined;
  /** A tool ran: what is done again may be done twice. */
  readonly hasSideEffects?: boolean;
  /** Said instead of the standard sentence for the reason. */
  readonly notice?: string;
  /** The sentence is said once under this name, by whichever run is first; otherwise once per run. */
  readonly noticeOrigin?: string;
}
/** Ends a run, each way in one transaction. */
export interface SettleRun {
  answer(run: Run, outcome: Answered): SettledRun;
  fail(run: Run, failure: RunFailure): SettledRun;
  /** Of a group that is registered no more; nobody is told. */
  cancel(run: Run): void;
}
export type SettledRun =
  | { status: 'answered'; parts: number }
  | { status: 'failed'; reason: FailureReason };

/**
 * Ends a run in ONE transaction: its outbox rows, its messages' state, the session and the run itself. Done a
 * second time it changes nothing.
 */
export function createSettleRun(deps: SettleRunDeps): SettleRun {
  const answer = deps.db.transaction((run: Run, outcome: Answered): SettledRun => {
    const texts = renderAnswer(outcome.text);
    const sent = deps.outbox.sentByFiles(run.chatJid, run.folder, run.outboxSeq);
    const sentMeanwhile = new Set(sent.map(({ message }) => describeOutbound(message)));
    if (texts.length === 0 && sent.length === 0) {
      return fail(run, { reason: 'no_answer', detail: 'the result was empty' });
    }
    if (!deps.runs.finish(run.id, 'answered', deps.now(), { usage: outcome.usage })) {
      return { status: 'answered', parts: 0 };
    }
    // An agent that sent its answer by a tool tends to give it again as its final text.
    const fresh = texts.filter((text) => !sentMeanwhile.has(text));
    enqueueAll(run, fresh);
    deps.receipts.end(run, 'answered');
    deps.inbox.settleRun(run.id, 'answered');
    deps.sessions.goOn(run.folder, run.provider, outcome.sessionId, deps.now());
    return { status: 'answered', parts: fresh.length };
  });

  const failInTransaction = deps.db.transaction(fail);

  function fail(run: Run, failure: RunFailure): SettledRun {
    const { reason, detail } = failure;
    if (deps.runs.finish(run.id, 'failed', deps.now(), { reason, detail })) {
      const timeZone = deps.timeZoneOf(run.chatJid);
      const notice = failure.notice ?? failureNotice(reason, timeZone, failure.retryAt);
      enqueueAll(run, [notice], failure.noticeOrigin);
      deps.receipts.end(run, 'failed');
      deps.inbox.settleRun(run.id, 'failed');
    }
    return { status: 'failed', reason };
  }

  function enqueueAll(run: Run, texts: readonly string[], origin = `run:${run.id}`): void {
    passCrashPoint('run-ending');
    const isMentioning = texts.some((text) => text.includes('@'));
    const people = isMentioning ? deps.lookup.people(run.chatJid) : [];
    const quoted = quotedFor(run.chatJid, deps.inbox.lastTrigger(run.id));
    for (const [index, text] of texts.entries()) {
      const message = {
        kind: 'text' as const,
        id: toMessageId(deps.randomBytes(9)),
        chatJid: run.chatJid,
        ...addMentions(text, people),
        ...(index === 0 && quoted !== undefined ? { quoted } : {}),
      };
      deps.outbox.enqueue(message, `${origin}:${index}`, deps.now());
    }
  }

  const cancel = deps.db.transaction((run: Run) => {
    deps.runs.finish(run.id, 'cancelled', deps.now(), { reason: 'unregistered' });
    deps.receipts.drop(run);
    deps.inbox.settleRun(run.id, 'failed');
  });

  return {
    answer: (run, outcome) => answer.immediate(run, outcome),
    fail: (run, failure) => failInTransaction.immediate(run, failure),
    cancel: (run) => cancel.immediate(run),
  };
}

/** In a group the answer quotes the last message that asked for it; between two people that is noise. */
function quotedFor(chatJid: Jid, asked: StoredMessage | undefined): QuotedMessage | undefined {
  if (asked === undefined || !chatJid.endsWith('@g.us')) return undefined;
  return { id: asked.id, senderJid: asked.senderJid, text: asked.text };
}
