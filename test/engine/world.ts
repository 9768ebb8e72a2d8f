import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credential, UsableCredential } from '../../src/core/credential.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../../src/core/group.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { builtInModels, type DefaultModels } from '../../src/core/models/built-in.ts';
import type { ModelRoute } from '../../src/core/models/route.ts';
import { planRoutes } from '../../src/core/models/routes.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import type { Activity } from '../../src/engine/activity.ts';
import type { ChatSignIn } from '../../src/engine/chat-commands.ts';
import { Engine } from '../../src/engine/engine.ts';
import { createLogger } from '../../src/logger.ts';
import { writeMediaFile } from '../../src/media/media-folder.ts';
import type { Gateway } from '../../src/ports.ts';
import { systemRandomBytes } from '../../src/random.ts';
import { FakeChannel } from '../fakes/fake-channel.ts';
import { FakeRunner } from '../fakes/fake-runner.ts';
import { NO_GATEWAY } from '../fakes/no-gateway.ts';

export const FAMILY = '1@g.us';
export const WORK = '2@g.us';
export const MAIN = '9@s.whatsapp.net';

/** Every look at the clock takes a millisecond, so that a timer comes a little later than was meant. */
const CLOCK_TICKS_MS = 100;

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

const builtIn = builtInModels({});

export function keyCredential(part: Partial<UsableCredential> = {}): UsableCredential {
  return {
    ok: true,
    secrets: { ANTHROPIC_API_KEY: 'key' },
    onRefused: () => Promise.resolve('over'),
    ...part,
  };
}

export function group(part: object): RegisteredGroup {
  return registeredGroupSchema.parse(part);
}

/** One host after another on the same database, with a fake server and fake agents. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'deckhand-engine-'));
  readonly groups = new Map<string, RegisteredGroup>(
    [
      group({ jid: FAMILY, name: 'Family', folder: 'family' }),
      group({ jid: WORK, name: 'Work', folder: 'work', provider: 'codex' }),
      group({ jid: MAIN, name: 'Me', folder: 'main', isMain: true }),
    ].map((one) => [one.jid, one]),
  );
  modelDefaults: DefaultModels = {};
  credentialFor: (route: ModelRoute) => Credential = () => keyCredential();
  signIn: ChatSignIn = () => Promise.resolve({ status: 'failed', text: 'nobody signs in here' });
  activities: Activity[] = [];
  logger = createLogger('silent');
  censor = (text: string) => text;
  maxConcurrentContainers = 5;
  /** What becomes of a question is not shown unless a test is about that. */
  receipts = false;
  mentionFreshMs = 30 * 60_000;
  nowMs = Date.UTC(2026, 10, 21, 12);
  channel = new FakeChannel();
  runner = new FakeRunner();
  gateway: Gateway = NO_GATEWAY;
  db: Db | undefined;
  engine: Engine | undefined;
  /** Plays the agent's files that are handled at the end of a run. */
  onSettleRequests: () => void = () => {};
  /** The first look into the mailbox, while it goes on. */
  recovering: Promise<void> | undefined;
  readonly droppedFiles: string[] = [];
  readonly #timers = new Set<Timer>();
  #nextId = 0;

  startHost(): Engine {
    this.channel = new FakeChannel();
    this.runner = new FakeRunner();
    this.db = openDatabase(join(this.folder, 'deckhand.db'));
    this.engine = new Engine({
      db: this.db,
      channel: this.channel,
      runner: this.runner,
      settings: {
        assistantName: 'Assistant',
        timeZone: 'UTC',
        containerTimeoutMs: 60_000,
        responsesTransport: 'sse' as const,
        historyMessages: 10,
        maxConcurrentContainers: this.maxConcurrentContainers,
        receipts: this.receipts,
        mentionFreshMs: this.mentionFreshMs,
      },
      findGroup: (jid) => this.groups.get(jid),
      gateway: this.gateway,
      planRoutes: (group) => planRoutes({ group, defaults: this.modelDefaults, builtIn }),
      describeModel: () => ({ isLite: false, clampEffort: (effort) => effort }),
      resolveCredential: (_group, route) => Promise.resolve(this.credentialFor(route)),
      signIn: (...asked) => this.signIn(...asked),
      readGlobalMemory: () => Promise.resolve('global memory'),
      writeMediaFile: (folder, name, bytes) =>
        writeMediaFile(join(this.folder, 'groups', folder), name, bytes),
      spool: {
        pathOf: (name) => join(this.folder, 'spool', name),
        drop: async (name) => void this.droppedFiles.push(name),
      },
      settleRequests: async () => this.onSettleRequests(),
      recoveringRequests: () => this.recovering,
      now: () => this.nowMs++,
      randomBytes: systemRandomBytes,
      after: (delayMs, call) => {
        // As Node's timers, which hold no more than 2^31 - 1 ms and fire at once beyond.
        const timer = { at: this.nowMs + (delayMs > 2 ** 31 - 1 ? 1 : delayMs), call };
        this.#timers.add(timer);
        return () => void this.#timers.delete(timer);
      },
      logger: this.logger,
      censor: (text) => this.censor(text),
      report: (activity) => this.activities.push(activity),
    });
    return this.engine;
  }

  /** Connects the channel and takes up earlier work, as the host does when the link opens. */
  open(): void {
    this.engine?.setChannelState({ status: 'open', ownJids: ['100@s.whatsapp.net', '200@lid'] });
    this.engine?.recover();
  }

  /** Lets the time pass until nothing more is to be done up to a moment, unix milliseconds. */
  async passUntil(at: number): Promise<void> {
    while (this.#fireNext(at)) await this.engine?.idle();
    this.nowMs = Math.max(this.nowMs, at);
  }

  /** The same while agents work, for whom it does not wait. */
  passDuringRuns(ms: number): void {
    const at = this.nowMs + ms;
    while (this.#fireNext(at));
    this.nowMs = Math.max(this.nowMs, at);
  }

  /** The same while work waits for nothing but the time: it goes on after each timer. */
  async passWaits(ms: number): Promise<void> {
    const at = this.nowMs + ms;
    do await new Promise(setImmediate);
    while (this.#fireNext(at));
    this.nowMs = Math.max(this.nowMs, at);
  }

  /** Lets the time pass until the server was given so many messages, resends included. */
  async passUntilSent(count: number): Promise<void> {
    for (let waits = 0; this.channel.sent.length < count; waits++) {
      if (waits > 1_000) throw new Error(`message ${count} was not sent`);
      await this.passWaits(100);
    }
  }

  #fireNext(until: number): boolean {
    const timer = this.#nextTimer();
    if (timer === undefined || timer.at > until + CLOCK_TICKS_MS) return false;
    this.#timers.delete(timer);
    this.nowMs = Math.max(this.nowMs, timer.at);
    timer.call();
    return true;
  }

  #nextTimer(): Timer | undefined {
    return [...this.#timers].toSorted((one, other) => one.at - other.at)[0];
  }

  /** The process is gone: nothing is written any more, nothing is tidied up. */
  crash(): void {
    this.db?.close();
    this.db = undefined;
    this.engine = undefined;
    this.#timers.clear();
  }

  async stopHost(): Promise<void> {
    this.engine?.stop();
    await this.runner[Symbol.asyncDispose]();
    await this.engine?.[Symbol.asyncDispose]();
    this.db?.close();
    this.db = undefined;
    this.engine = undefined;
  }

  message(part: Partial<InboundMessage> = {}): InboundMessage {
    this.#nextId += 1;
    return {
      chatJid: FAMILY,
      senderJid: '5@s.whatsapp.net',
      senderName: 'Ana',
      id: `M${this.#nextId}`,
      sentAt: this.nowMs,
      text: '@Assistant hello',
      isFromMe: false,
      isGroup: true,
      mentions: [],
      ...part,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopHost();
    rmSync(this.folder, { recursive: true });
  }
}
