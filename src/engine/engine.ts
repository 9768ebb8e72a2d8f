import { randomBytes } from 'node:crypto';
import type { Now } from '../clock.ts';
import type { Credential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid, OutboundDraft, OutboundMessage } from '../core/message.ts';
import { toMessageId } from '../core/message-id.ts';
import { renderAnswer } from '../core/outbound/render-answer.ts';
import { createChats } from '../db/chats.ts';
import type { Db } from '../db/database.ts';
import { createInbox } from '../db/inbox.ts';
import { createOutbox } from '../db/outbox.ts';
import { createRuns } from '../db/runs.ts';
import { createSessions } from '../db/sessions.ts';
import type { Logger } from '../logger.ts';
import type { AgentRunner, Channel, ChannelState } from '../ports.ts';
import type { ReportActivity } from './activity.ts';
import type { RequestSettings } from './build-request.ts';
import { Delivery, type OutboundFiles } from './delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import { createIngest, type IngestOutcome } from './ingest.ts';
import { createOpenRun } from './open-run.ts';
import { createSettleRun } from './settle-run.ts';
import { createTurn } from './turn.ts';

export interface EngineSettings extends RequestSettings {
  readonly historyMessages: number;
  readonly maxConcurrentContainers: number;
}

export interface EngineDeps {
  readonly db: Db;
  readonly channel: Channel;
  readonly runner: AgentRunner;
  readonly settings: EngineSettings;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly resolveCredential: (group: RegisteredGroup) => Promise<Credential>;
  readonly readGlobalMemory: () => Promise<string>;
  readonly spool: OutboundFiles;
  readonly settleRequests: (folder: string) => Promise<void>;
  readonly now: Now;
  readonly logger: Logger;
  readonly report: ReportActivity;
}

/**
 * From a stored message to an answer that the server has: ingest → dispatcher → turn → outbox → delivery.
 */
export class Engine {
  readonly #deps: EngineDeps;
  readonly #ingest: ReturnType<typeof createIngest>;
  readonly #dispatcher: Dispatcher;
  readonly #delivery: Delivery;
  readonly #outbox: ReturnType<typeof createOutbox>;
  readonly #stopping = new AbortController();
  #ownJids: readonly Jid[] = [];

  constructor(deps: EngineDeps) {
    const { db, settings } = deps;
    const inbox = createInbox(db);
    const outbox = createOutbox(db);
    const runs = createRuns(db);
    const sessions = createSessions(db);
    this.#deps = deps;
    this.#outbox = outbox;
    this.#delivery = new Delivery({ ...deps, outbox });
    const turn = createTurn({
      ...deps,
      inbox,
      outbox,
      runs,
      sessions,
      openRun: createOpenRun({ ...deps, inbox, runs }),
      settleRun: createSettleRun({ ...deps, ...settings, inbox, outbox, runs, sessions }),
      onOutbox: (chatJid) => this.#delivery.nudge(chatJid),
      stopping: this.#stopping.signal,
    });
    const maxConcurrentRuns = settings.maxConcurrentContainers;
    this.#dispatcher = new Dispatcher({ ...deps, inbox, runs, maxConcurrentRuns, turn });
    this.#ingest = createIngest({
      ...deps,
      ...settings,
      inbox,
      outbox,
      chats: createChats(db),
      ownJids: () => this.#ownJids,
      onPending: (chatJid) => this.#dispatcher.nudge(chatJid),
    });
  }

  /** Stores a message, once, before it returns; see {@link createIngest}. */
  ingest(message: InboundMessage): IngestOutcome {
    return this.#ingest(message);
  }

  /** Who we are, as soon as it is known: mentions of these JIDs are for us. */
  setOwnJids(jids: readonly Jid[]): void {
    this.#ownJids = jids;
  }

  setChannelState(state: ChannelState): void {
    if (state.status === 'open') this.setOwnJids(state.ownJids);
    this.#delivery.setOpen(state.status === 'open');
  }

  /**
   * Puts a text into the outbox, once per origin, and gives the id of its first message. May be called within
   * a transaction: it is sent after that.
   */
  enqueue(chatJid: Jid, text: string, origin: string): string | undefined {
    const [first] = renderAnswer(text).map((part, index) => {
      const message = { kind: 'text' as const, chatJid, text: part, mentions: [] };
      return this.post(message, `${origin}:${index}`);
    });
    return first;
  }

  /** Puts one message of any kind into the outbox, as {@link enqueue} does, and gives its id. */
  post(draft: OutboundDraft, origin: string): string {
    const message = { ...draft, id: toMessageId(randomBytes(9)) };
    const id = this.#outbox.enqueue(message, origin, this.#deps.now());
    this.#delivery.nudge(draft.chatJid);
    return id;
  }

  /** A message of ours by its id, for phones that ask for it again. */
  findOutbound(id: string): OutboundMessage | undefined {
    return this.#outbox.find(id)?.message;
  }

  /** Takes up what an earlier host left. */
  recover(): void {
    this.#dispatcher.recover();
  }

  get load(): { waiting: number; running: number } {
    return this.#dispatcher.size;
  }

  /** Resolves when nothing runs, waits or is being sent. */
  async idle(): Promise<void> {
    await this.#dispatcher.idle();
    await this.#delivery.idle();
  }

  /** Starts nothing more. Call before the agent runner lets go of its runs: their places must stay empty. */
  stop(): void {
    this.#stopping.abort();
    this.#dispatcher.stop();
  }

  /** Call after the agent runner let go of its runs, otherwise this waits for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#dispatcher[Symbol.asyncDispose]();
    await this.#delivery[Symbol.asyncDispose]();
  }
}
