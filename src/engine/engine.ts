import type { After, Now } from '../clock.ts';
import type { Credential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid, OutboundDraft, OutboundMessage } from '../core/message.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { RoutePlan } from '../core/models/routes.ts';
import type { DescribeModel } from '../core/models/traits.ts';
import type { Db } from '../db/database.ts';
import type { Outbox } from '../db/outbox.ts';
import { createStores } from '../db/stores.ts';
import type { Censor } from '../log-censor.ts';
import type { Logger } from '../logger.ts';
import type { AgentRunner, Channel, ChannelState, Gateway } from '../ports.ts';
import type { RandomBytes } from '../random.ts';
import { createWait } from '../wait.ts';
import type { ReportActivity } from './activity.ts';
import { AttemptLog } from './attempt-log.ts';
import { createAttempts } from './attempts.ts';
import { ChatCommands, type ChatCommandsDeps } from './chat-commands.ts';
import { createChooseRoute } from './choose-route.ts';
import { createClaimRun } from './claim-run.ts';
import { createClaimSlots } from './claim-slots.ts';
import { Delivery, type OutboundFiles } from './delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineSettings } from './engine-settings.ts';
import { createFindMessage, type FindMessage } from './find-message.ts';
import { GapWatch } from './gap-watch.ts';
import { createIngest, type IngestOutcome } from './ingest.ts';
import { createLimitRate } from './limit-rate.ts';
import { MediaDownloads, type MediaDownloadsDeps } from './media-downloads.ts';
import { createOpenRun } from './open-run.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createReadmissions, type Readmissions } from './readmissions.ts';
import { createReceipts } from './receipts.ts';
import { countTokensLeft } from './refuse-by-budget.ts';
import { Scheduler } from './scheduler.ts';
import { createSettleByKind } from './settle-by-kind.ts';
import { createSettleRun } from './settle-run.ts';
import { createSettleTaskRun } from './settle-task-run.ts';
import { createTurn, type TurnDeps } from './turn.ts';

export interface EngineDeps {
  readonly db: Db;
  readonly channel: Channel;
  readonly runner: AgentRunner;
  readonly gateway: Gateway;
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
  readonly recoveringRequests: TurnDeps['recoveringRequests'];
  readonly now: Now;
  readonly after: After;
  readonly randomBytes: RandomBytes;
  readonly logger: Logger;
  readonly censor: Censor;
  readonly report: ReportActivity;
}

/**
 * From a stored message to an answer that the server has: ingest → dispatcher → turn → outbox → delivery.
 */
export class Engine {
  readonly #ingest: ReturnType<typeof createIngest>;
  readonly #dispatcher: Dispatcher;
  readonly #delivery: Delivery;
  readonly #scheduler: Scheduler;
  readonly #outbox: Outbox;
  readonly #downloads: MediaDownloads;
  readonly #readmissions: Readmissions;
  readonly #commands: ChatCommands;
  readonly #findMessage: FindMessage;
  readonly #outgoing: Outgoing;
  readonly #gaps: GapWatch;
  readonly #stopping = new AbortController();
  #ownJids: readonly Jid[] = [];

  constructor(deps: EngineDeps) {
    const { settings } = deps;
    const stores = createStores(deps.db);
    this.#outbox = stores.outbox;
    const timeZoneOf = (jid: Jid) => deps.findGroup(jid)?.timeZone ?? settings.timeZone;
    const showsReceipts = (jid: Jid) => deps.findGroup(jid)?.receipts ?? settings.receipts;
    const tokensLeft = (group: RegisteredGroup) =>
      countTokensLeft({ ...deps, ...stores, timeZoneOf }, group);
    const parts = { ...deps, ...stores, timeZoneOf, showsReceipts, tokensLeft };
    this.#delivery = new Delivery(parts);
    const onOutbox = (chatJid: Jid) => this.#delivery.nudge(chatJid);
    this.#outgoing = createOutgoing({ ...parts, onOutbox });
    const tell: Outgoing['enqueue'] = (...text) => this.#outgoing.enqueue(...text);
    const { mentionFreshMs } = settings;
    this.#gaps = new GapWatch({ ...parts, mentionFreshMs, tell });
    const receipts = createReceipts(parts);
    this.#findMessage = createFindMessage({ ...stores, ownJid: () => this.#ownJids[0] });
    this.#downloads = new MediaDownloads(parts);
    this.#readmissions = createReadmissions(parts);
    this.#commands = new ChatCommands({
      ...parts,
      findQuoted: (chatJid, id) => this.#findMessage(chatJid, id)?.quoted,
      tell: (chatJid, text, origin, quoted) =>
        void tell(chatJid, text, origin, quoted === undefined ? {} : { quoted }),
    });
    const onWaiting = (chatJid: Jid) => this.#dispatcher.nudge(chatJid);
    const attemptLog = new AttemptLog(parts);
    const settleRun = createSettleByKind({
      ...parts,
      attemptLog,
      ways: { messages: createSettleRun({ ...parts, receipts }), task: createSettleTaskRun(parts) },
    });
    const stopping = this.#stopping.signal;
    const chooseRoute = createChooseRoute(parts);
    const wait = createWait(deps.after);
    const running = { ...parts, attemptLog, chooseRoute, settleRun, stopping, wait };
    const turn = createTurn({
      ...running,
      openRun: createOpenRun({ ...running, claimRun: createClaimRun(parts) }),
      attempts: createAttempts({
        ...running,
        downloads: this.#downloads,
        readmissions: this.#readmissions,
      }),
      onOutbox,
      onEnd: (chatJid) => {
        if (stores.inbox.pendingSince(chatJid) !== undefined) onWaiting(chatJid);
        this.#scheduler.wake();
      },
    });
    const maxConcurrentRuns = settings.maxConcurrentContainers;
    this.#dispatcher = new Dispatcher({ ...parts, maxConcurrentRuns, turn, tell });
    const claimSlots = createClaimSlots(parts);
    this.#scheduler = new Scheduler({ ...parts, claimSlots, onWaiting, onOutbox });
    this.#ingest = createIngest({
      ...parts,
      ...settings,
      receipts,
      judgeAge: (decision, message) => this.#gaps.judge(decision, message),
      limitRate: createLimitRate({ ...parts, rateLimits: settings.rateLimits ?? {}, tell }),
      ownJids: () => this.#ownJids,
      onMedia: (messageSeq, chatJid) => this.#downloads.add({ messageSeq, chatJid }),
      onCommand: (seq) => this.#commands.add(seq),
      onPending: (chatJid) => {
        this.#dispatcher.ask(chatJid);
        this.#delivery.nudgeReceipts(chatJid);
      },
    });
  }

  /** Stores a message, once, before it returns; see {@link createIngest}. */
  ingest(message: InboundMessage): IngestOutcome {
    this.#gaps.onMessage();
    return this.#ingest(message);
  }

  /** Who we are, as soon as it is known: mentions of these JIDs are for us. */
  setOwnJids(jids: readonly Jid[]): void {
    this.#ownJids = jids;
  }

  setChannelState(state: ChannelState): void {
    if (state.status === 'open') this.setOwnJids(state.ownJids);
    this.#gaps.setOpen(state.status === 'open');
    this.#delivery.setOpen(state.status === 'open');
    if (state.status === 'open') this.#downloads.resume();
  }

  /** The server has delivered what it kept while the link was down. */
  onCaughtUp(): void {
    this.#gaps.onCaughtUp();
  }

  /**
   * Puts a text into the outbox, once per origin, and gives the id of its first message. May be called within
   * a transaction: it is sent after that.
   */
  enqueue(...text: Parameters<Outgoing['enqueue']>): string | undefined {
    return this.#outgoing.enqueue(...text);
  }

  /** A message of the chat by its id, ours or another's. */
  findMessage(chatJid: Jid, id: string): ReturnType<FindMessage> {
    return this.#findMessage(chatJid, id);
  }

  /** Puts one message of any kind into the outbox, as {@link enqueue} does, and gives its id. */
  post(draft: OutboundDraft, origin: string): string {
    return this.#outgoing.post(draft, origin);
  }

  /** A message of ours by its id, for phones that ask for it again. */
  findOutbound(id: string): OutboundMessage | undefined {
    return this.#outbox.find(id)?.message;
  }

  /** Lets the agents of an earlier host on to their models; see {@link Readmissions.open}. Before `recover`. */
  readmit(folders: ReadonlySet<string>): Promise<void> {
    return this.#readmissions.open(folders);
  }

  /** Takes up what an earlier host left; nothing once this one has been stopped. */
  recover(): void {
    if (this.#stopping.signal.aborted) return;
    this.#downloads.resume();
    this.#commands.recover();
    this.#dispatcher.recover();
    this.#scheduler.start();
  }

  /** Scheduled tasks were added or changed; may be called within a transaction, it looks after that. */
  onTasksChanged(): void {
    queueMicrotask(() => this.#scheduler.onTasksChanged());
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
    this.#gaps.close();
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
