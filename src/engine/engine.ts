import { randomBytes } from 'node:crypto';
import type { After, Now } from '../clock.ts';
import type { Credential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type {
  InboundMessage,
  Jid,
  OutboundDraft,
  OutboundMessage,
  QuotedMessage,
} from '../core/message.ts';
import { toMessageId } from '../core/message-id.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { RoutePlan } from '../core/models/routes.ts';
import type { DescribeModel } from '../core/models/traits.ts';
import { addMentions, type KnownPerson } from '../core/outbound/mentions.ts';
import { renderAnswer } from '../core/outbound/render-answer.ts';
import type { Db } from '../db/database.ts';
import { createStores, type Stores } from '../db/stores.ts';
import type { Logger } from '../logger.ts';
import type { AgentRunner, Channel, ChannelState } from '../ports.ts';
import type { ReportActivity } from './activity.ts';
import { createAttempts } from './attempts.ts';
import type { RequestSettings } from './build-request.ts';
import { ChatCommands, type ChatCommandsDeps } from './chat-commands.ts';
import { createChooseRoute } from './choose-route.ts';
import { createClaimSlots } from './claim-slots.ts';
import { Delivery, type OutboundFiles } from './delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import { createFindMessage, type FindMessage } from './find-message.ts';
import { createIngest, type IngestOutcome } from './ingest.ts';
import { MediaDownloads, type MediaDownloadsDeps } from './media-downloads.ts';
import { createOpenRun } from './open-run.ts';
import { Scheduler } from './scheduler.ts';
import { createSettleByKind } from './settle-by-kind.ts';
import { createSettleRun } from './settle-run.ts';
import { createSettleTaskRun } from './settle-task-run.ts';
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
  /** The models that may answer in a group, the first to be asked first. */
  readonly planRoutes: (group: RegisteredGroup) => RoutePlan;
  readonly describeModel: DescribeModel;
  readonly resolveCredential: (group: RegisteredGroup, route: ModelRoute) => Promise<Credential>;
  readonly readGlobalMemory: () => Promise<string>;
  readonly spool: OutboundFiles;
  readonly writeMediaFile: MediaDownloadsDeps['writeMediaFile'];
  /** Signs in for who asks in the main chat; see {@link ChatCommands}. */
  readonly signIn: ChatCommandsDeps['signIn'];
  readonly settleRequests: (folder: string) => Promise<void>;
  readonly now: Now;
  readonly after: After;
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
  readonly #scheduler: Scheduler;
  readonly #stores: Stores;
  readonly #downloads: MediaDownloads;
  readonly #commands: ChatCommands;
  readonly #findMessage: FindMessage;
  readonly #stopping = new AbortController();
  #ownJids: readonly Jid[] = [];

  constructor(deps: EngineDeps) {
    const { settings } = deps;
    const stores = createStores(deps.db);
    const parts = { ...deps, ...stores };
    this.#deps = deps;
    this.#stores = stores;
    const ownJid = () => this.#ownJids[0];
    this.#findMessage = createFindMessage({ ...stores, ownJid });
    this.#downloads = new MediaDownloads(parts);
    this.#commands = new ChatCommands({
      ...parts,
      findQuoted: (chatJid, id) => this.#findMessage(chatJid, id)?.quoted,
      tell: (chatJid, text, origin, quoted) =>
        void this.enqueue(chatJid, text, origin, quoted === undefined ? {} : { quoted }),
    });
    this.#delivery = new Delivery(parts);
    const onOutbox = (chatJid: Jid) => this.#delivery.nudge(chatJid);
    const onWaiting = (chatJid: Jid) => this.#dispatcher.nudge(chatJid);
    const settleRun = createSettleByKind({
      messages: createSettleRun({
        ...parts,
        timeZoneOf: (jid) => deps.findGroup(jid)?.timeZone ?? settings.timeZone,
      }),
      task: createSettleTaskRun(parts),
    });
    const turn = createTurn({
      ...parts,
      openRun: createOpenRun(parts),
      settleRun,
      attempts: createAttempts({
        ...parts,
        downloads: this.#downloads,
        chooseRoute: createChooseRoute(parts),
        settleRun,
        stopping: this.#stopping.signal,
      }),
      onOutbox,
      onEnd: (chatJid) => {
        if (stores.inbox.pendingSince(chatJid) !== undefined) onWaiting(chatJid);
        this.#scheduler.wake();
      },
    });
    const maxConcurrentRuns = settings.maxConcurrentContainers;
    this.#dispatcher = new Dispatcher({ ...parts, maxConcurrentRuns, turn });
    const claimSlots = createClaimSlots(parts);
    this.#scheduler = new Scheduler({ ...parts, claimSlots, onWaiting, onOutbox });
    this.#ingest = createIngest({
      ...parts,
      ...settings,
      ownJids: () => this.#ownJids,
      onMedia: (messageSeq) => this.#downloads.add(messageSeq),
      onCommand: (seq) => this.#commands.add(seq),
      onPending: onWaiting,
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
    if (state.status === 'open') this.#downloads.resume();
  }

  /**
   * Puts a text into the outbox, once per origin, and gives the id of its first message. May be called within
   * a transaction: it is sent after that.
   */
  enqueue(
    chatJid: Jid,
    text: string,
    origin: string,
    { quoted, mentions }: { quoted?: QuotedMessage; mentions?: readonly Jid[] } = {},
  ): string | undefined {
    const [first] = renderAnswer(text).map((part, index) => {
      const isFirst = index === 0;
      const message = {
        kind: 'text' as const,
        chatJid,
        ...addMentions(part, this.#peopleFor(chatJid, part), isFirst ? mentions : []),
        ...(isFirst && quoted !== undefined ? { quoted } : {}),
      };
      return this.post(message, `${origin}:${index}`);
    });
    return first;
  }

  /** A message of the chat by its id, ours or another's. */
  findMessage(chatJid: Jid, id: string): ReturnType<FindMessage> {
    return this.#findMessage(chatJid, id);
  }

  #peopleFor(chatJid: Jid, text: string): KnownPerson[] {
    return text.includes('@') ? this.#stores.lookup.people(chatJid) : [];
  }

  /** Puts one message of any kind into the outbox, as {@link enqueue} does, and gives its id. */
  post(draft: OutboundDraft, origin: string): string {
    const message = { ...draft, id: toMessageId(randomBytes(9)) };
    const id = this.#stores.outbox.enqueue(message, origin, this.#deps.now());
    this.#delivery.nudge(draft.chatJid);
    return id;
  }

  /** A message of ours by its id, for phones that ask for it again. */
  findOutbound(id: string): OutboundMessage | undefined {
    return this.#stores.outbox.find(id)?.message;
  }

  /** Takes up what an earlier host left. */
  recover(): void {
    this.#downloads.resume();
    this.#commands.recover();
    this.#dispatcher.recover();
    this.#scheduler.start();
  }

  /** Scheduled tasks were added or changed; may be called within a transaction, it looks after that. */
  onTasksChanged(): void {
    queueMicrotask(() => this.#scheduler.wake());
  }

  get load(): { waiting: number; running: number } {
    return this.#dispatcher.size;
  }

  /** Resolves when nothing runs, waits or is being sent. */
  async idle(): Promise<void> {
    await this.#dispatcher.idle();
    await this.#downloads.idle();
    await this.#commands.idle();
    await this.#delivery.idle();
  }

  /** Starts nothing more. Call before the agent runner lets go of its runs: their places must stay empty. */
  stop(): void {
    this.#stopping.abort();
    this.#scheduler.stop();
    this.#commands.stop();
    this.#dispatcher.stop();
  }

  /** Call after the agent runner let go of its runs, otherwise this waits for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#dispatcher[Symbol.asyncDispose]();
    await this.#downloads[Symbol.asyncDispose]();
    await this.#commands[Symbol.asyncDispose]();
    await this.#delivery[Symbol.asyncDispose]();
  }
}
