import type { Jid } from '../core/message.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Runs } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { ReportActivity } from './activity.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** A turn broke on our side: tried again this much later, since its messages are still claimed. */
const BROKEN_TURN_DELAY_MS = 30_000;

export interface DispatcherDeps {
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

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#queue = new KeyedQueue({
      limit: deps.maxConcurrentRuns,
      work: deps.turn,
      brokenDelayMs: BROKEN_TURN_DELAY_MS,
      onBroken: (chatJid, err) => deps.logger.error({ chatJid, err }, 'turn broke'),
    });
  }

  /** Takes up what an earlier host left: its running runs first, then waiting messages. */
  recover(): void {
    for (const run of this.#deps.runs.running()) this.#queue.push(run.chatJid);
    for (const chatJid of this.#deps.inbox.pendingChats()) this.#queue.push(chatJid);
  }

  /** A message of the chat waits for an answer. */
  nudge(chatJid: Jid): void {
    this.#queue.push(chatJid);
    const ahead = this.#queue.position(chatJid);
    if (ahead !== undefined) this.#deps.report({ type: 'queued', chatJid, ahead });
  }

  /** How many chats go before this one, working or waiting; undefined when it does not wait for a place. */
  ahead(chatJid: Jid): number | undefined {
    const position = this.#queue.position(chatJid);
    return position === undefined ? undefined : this.#queue.size.running + position;
  }

  get size(): { waiting: number; running: number } {
    return this.#queue.size;
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Starts nothing more. */
  stop(): void {
    this.#queue.stop();
  }

  /** Starts nothing more and resolves when the running turns have ended or let go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
  }
}
