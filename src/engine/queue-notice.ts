import type { After } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { queueNotice } from '../core/queue-notice.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Logger } from '../logger.ts';

/** A place often becomes free within moments; nobody has to know of such a wait. */
const GRACE_MS = 3_000;

export interface QueueNoticesDeps {
  readonly inbox: Pick<Inbox, 'pendingSince'>;
  readonly findGroup: (chatJid: Jid) => RegisteredGroup | undefined;
  readonly showsReceipts: (chatJid: Jid) => boolean;
  /** How many chats go before this one, working or waiting; undefined when it does not wait for a place. */
  readonly ahead: (chatJid: Jid) => number | undefined;
  readonly tell: (chatJid: Jid, text: string, origin: string) => void;
  readonly after: After;
  readonly logger: Logger;
}

/** Tells a chat once per wait that its question stands behind those of others. */
export class QueueNotices {
  readonly #deps: QueueNoticesDeps;
  readonly #timers = new Map<Jid, () => void>();

  constructor(deps: QueueNoticesDeps) {
    this.#deps = deps;
  }

  /**
   * A question of the chat was queued, perhaps by an earlier host: who was told of the wait is not told again. What
   * is asked during a run of the chat waits for nobody else.
   */
  watch(chatJid: Jid): void {
    if (this.#timers.has(chatJid) || this.#deps.ahead(chatJid) === undefined) return;
    if (!this.#deps.showsReceipts(chatJid)) return;
    const cancel = this.#deps.after(GRACE_MS, () => {
      this.#timers.delete(chatJid);
      this.#tell(chatJid);
    });
    this.#timers.set(chatJid, cancel);
  }

  /** The chat has its turn. */
  drop(chatJid: Jid): void {
    this.#timers.get(chatJid)?.();
    this.#timers.delete(chatJid);
  }

  stop(): void {
    for (const chatJid of this.#timers.keys()) this.drop(chatJid);
  }

  /** The oldest waiting question names the wait, over restarts too. */
  #tell(chatJid: Jid): void {
    try {
      // The registration may have changed since the question came in.
      if (this.#deps.findGroup(chatJid) === undefined) return;
      const ahead = this.#deps.ahead(chatJid);
      const since = this.#deps.inbox.pendingSince(chatJid);
      if (ahead === undefined || since === undefined) return;
      this.#deps.tell(chatJid, queueNotice(ahead), `queued:${chatJid}:${since}`);
    } catch (error) {
      this.#deps.logger.warn({ err: error, chatJid }, 'chat not told that it waits');
    }
  }
}
