import type { After, Now } from '../clock.ts';
import { isAsking, type MessageDecision } from '../core/decision.ts';
import { GAP_MS, type Gap, gapNotice, gapSince, isStale } from '../core/gap.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import type { LinkMark, LinkTimes } from '../db/link-times.ts';
import type { Logger } from '../logger.ts';

const MARK_EVERY_MS = 60_000;
/** The backlog counts as read when the server has said that it was all and this long nothing has come in. */
const QUIET_MS = 1_000;
/** The same when the server has not said so. */
const QUIET_WITHOUT_WORD_MS = 20_000;
/** Where somebody always writes it counts as read this long after the server's word. */
const LATEST_MS = 5 * 60_000;
/** The database refused, as on a full disk: tried again this much later. */
const BROKEN_DELAY_MS = 30_000;

export interface GapWatchDeps {
  readonly db: Db;
  readonly linkTimes: LinkTimes;
  /** How old a question may be that comes in after a gap, in milliseconds; 0: as old as it likes. */
  readonly mentionFreshMs: number;
  readonly findGroup: (chatJid: Jid) => RegisteredGroup | undefined;
  readonly timeZoneOf: (chatJid: Jid) => string;
  readonly tell: (chatJid: Jid, text: string, origin: string) => void;
  readonly after: After;
  readonly now: Now;
  readonly logger: Logger;
}

/**
 * Knows when nobody could reach the assistant, over restarts:
 * `closed → open → closed`, or after a gap `closed → catching_up → open → closed`. While it catches up, questions that
 * are too old are left out; at the end each chat that has such is told once. Only then is the gap forgotten, so that
 * a host that dies meanwhile leaves it to the next one.
 */
export class GapWatch {
  readonly #deps: GapWatchDeps;
  #phase: 'closed' | 'catching_up' | 'open' = 'closed';
  #mark: LinkMark | undefined;
  #gap: Gap | undefined;
  /** Until when it is waited for quiet; known once the server has said that it has delivered what it kept. */
  #latestAt: number | undefined;
  #tickedAt = 0;
  #mayHaveSlept = false;
  #cancelTimer: () => void = () => {};

  constructor(deps: GapWatchDeps) {
    this.#deps = deps;
    this.#mark = deps.linkTimes.last();
  }

  /** Called with every change of the link. */
  setOpen(isOpen: boolean): void {
    if (isOpen && this.#phase === 'closed') this.#open();
    if (!isOpen) this.close();
  }

  /** The server has delivered what it kept; reading it may still go on. */
  onCaughtUp(): void {
    this.#latestAt ??= this.#deps.now() + LATEST_MS;
    this.#awaitQuiet();
  }

  /** Something has come in. */
  onMessage(): void {
    this.#awaitQuiet();
  }

  /** `stale` instead of a decision to answer, when the question was left lying in a gap for too long. */
  judge(decision: MessageDecision, { sentAt }: InboundMessage): MessageDecision {
    if (!isAsking(decision)) return decision;
    const now = this.#deps.now();
    const gap = this.#phase === 'closed' ? gapSince(this.#mark?.at, now) : this.#gap;
    if (gap === undefined) return decision;
    return isStale(sentAt, now, this.#deps.mentionFreshMs) ? 'stale' : decision;
  }

  /** The link is not open any more, or the host stops. */
  close(): void {
    const now = this.#deps.now();
    const isKnown = !this.#mayHaveSlept && now - this.#tickedAt <= GAP_MS;
    if (this.#phase === 'open' && isKnown) this.#keep(now);
    this.#cancelTimer();
    this.#phase = 'closed';
    this.#gap = undefined;
    this.#latestAt = undefined;
  }

  #open(): void {
    const now = this.#deps.now();
    this.#gap = gapSince(this.#mark?.at, now);
    this.#phase = 'catching_up';
    if (this.#gap !== undefined) return this.#awaitQuiet();
    this.#keep(now);
    this.#finish(now);
  }

  #awaitQuiet(): void {
    if (this.#phase !== 'catching_up') return;
    this.#wait(this.#quietMs(), () => this.#tellAndFinish());
  }

  #quietMs(): number {
    if (this.#latestAt === undefined) return QUIET_WITHOUT_WORD_MS;
    return Math.max(0, Math.min(QUIET_MS, this.#latestAt - this.#deps.now()));
  }

  #tellAndFinish(): void {
    const now = this.#deps.now();
    try {
      this.#mark = this.#deps.db.transaction(() => this.#tell(now)).immediate();
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'chats not told of their late questions');
      this.#wait(BROKEN_DELAY_MS, () => this.#tellAndFinish());
      return;
    }
    this.#finish(now);
  }

  /** Within the transaction that forgets the gap. */
  #tell(now: number): LinkMark {
    const { linkTimes } = this.#deps;
    const gap = this.#gap;
    if (gap !== undefined && this.#mark !== undefined) {
      for (const late of linkTimes.staleSince(this.#mark)) this.#tellChat(gap, late);
    }
    return linkTimes.mark(now);
  }

  #tellChat(gap: Gap, { chatJid, count }: { chatJid: Jid; count: number }): void {
    const { tell, findGroup, timeZoneOf } = this.#deps;
    if (findGroup(chatJid) === undefined) return;
    tell(chatJid, gapNotice(gap, count, timeZoneOf(chatJid)), `gap:${gap.from}:${chatJid}`);
  }

  #finish(now: number): void {
    this.#phase = 'open';
    this.#gap = undefined;
    this.#mayHaveSlept = false;
    this.#waitForTick(now);
  }

  #waitForTick(now: number): void {
    this.#tickedAt = now;
    this.#wait(MARK_EVERY_MS, () => this.#tick());
  }

  /** After a sleep of the machine the link looks open although it is not: the next tick knows. */
  #tick(): void {
    const now = this.#deps.now();
    this.#mayHaveSlept = now - this.#tickedAt > GAP_MS;
    if (!this.#mayHaveSlept) this.#keep(now);
    this.#waitForTick(now);
  }

  #keep(at: number): void {
    try {
      this.#mark = this.#deps.linkTimes.mark(at);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'time of the link not stored');
    }
  }

  #wait(delayMs: number, call: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.after(delayMs, call);
  }
}
