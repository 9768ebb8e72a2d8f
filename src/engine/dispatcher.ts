import type { Jid } from '../core/message.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Runs } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { ReportActivity } from './activity.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { QueueNotices, type QueueNoticesDeps } from './queue-notice.ts';

/** A turn broke on our side: tried again this much later, since its messages are still claimed. */
const BROKEN_TURN_DELAY_MS = 30_000;

export interface DispatcherDeps extends Omit<QueueNoticesDeps, 'ahead'> {
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly maxConcurrentRuns: number;
  readonly turn: (chatJid: Jid) => Promise<void>;
  readonly logger: Logger;
  readonly report: ReportActivity;
}

/** Decides when a chat gets its turn: one run per chat, a bounded number in all, in the order of asking. */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #queue: KeyedQueue;
  readonly #notices: QueueNotices;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#notices = new QueueNotices({ ...deps, ahead: (chatJid) => this.#ahead(chatJid) });
    this.#queue = new KeyedQueue({
      limit: deps.maxConcurrentRuns,
      work: (chatJid) => {
        this.#notices.drop(chatJid);
        return deps.turn(chatJid);
      },
      brokenDelayMs: BROKEN_TURN_DELAY_MS,
      after: deps.after,
      onBroken: (chatJid, err) => deps.logger.error({ chatJid, err }, 'turn broke'),
    });
  }

  /** Takes up what an earlier host left: its running runs first, then waiting messages. */
  recover(): void {
    for (const run of this.#deps.runs.running()) this.#queue.push(run.chatJid);
    const waiting = this.#deps.inbox.pendingChats();
    for (const chatJid of waiting) this.#queue.push(chatJid);
    for (const chatJid of waiting) this.#notices.watch(chatJid);
  }

  /** Somebody has asked in the chat, who is told when others go before. */
  ask(chatJid: Jid): void {
    this.nudge(chatJid);
    this.#notices.watch(chatJid);
  }

  /** Something of the chat waits for its turn. */
  nudge(chatJid: Jid): void {
    this.#queue.push(chatJid);
    const ahead = this.#queue.position(chatJid);
    if (ahead !== undefined) this.#deps.report({ type: 'queued', chatJid, ahead });
  }

  get size(): { waiting: number; running: number } {
    return this.#queue.size;
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Starts nothing more. */
  stop(): void {
    this.#notices.stop();
    this.#queue.stop();
  }

  /** Starts nothing more and resolves when the running turns have ended or let go. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#queue.close();
  }

  /** How many chats go before this one, working or waiting; undefined when it does not wait for a place. */
  #ahead(chatJid: Jid): number | undefined {
    const position = this.#queue.position(chatJid);
    return position === undefined ? undefined : this.#queue.size.running + position;
  }
}
