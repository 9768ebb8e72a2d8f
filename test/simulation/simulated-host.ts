import type { RegisteredGroup } from '../../src/core/group.ts';
import type { Jid } from '../../src/core/message.ts';
import { builtInModels } from '../../src/core/models/built-in.ts';
import { planRoutes } from '../../src/core/models/routes.ts';
import { passCrashPoint } from '../../src/crash-points.ts';
import { createIpcRequests } from '../../src/db/ipc-requests.ts';
import { createRuns, type Runs } from '../../src/db/runs.ts';
import { attemptId } from '../../src/engine/claim-run.ts';
import { Engine, type EngineDeps } from '../../src/engine/engine.ts';
import type { EngineSettings } from '../../src/engine/engine-settings.ts';
import type { Logger } from '../../src/logger.ts';
import type { AgentRunner, Channel } from '../../src/ports.ts';
import { NO_GATEWAY } from '../fakes/no-gateway.ts';
import type { Chance } from './chance.ts';
import { createCommands, registrationsOf } from './host-commands.ts';
import type { SimulatedAgents } from './simulated-agents.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { createMailboxSweep, type SimulatedMailbox } from './simulated-mailbox.ts';
import type { Question, SimulatedWhatsApp } from './simulated-whatsapp.ts';

export interface Surroundings {
  readonly disk: SimulatedDisk;
  readonly clock: SimulatedClock;
  readonly whatsapp: SimulatedWhatsApp;
  readonly agents: SimulatedAgents;
  readonly mailbox: SimulatedMailbox;
  readonly bytes: Chance;
  readonly settings: EngineSettings;
  readonly groups: Map<Jid, RegisteredGroup>;
  /** Something went wrong in a host that no fault explains. */
  readonly onBroken: (what: string) => void;
  /** What a deliberately broken host does otherwise; see mutations.ts. */
  readonly mutation: string | undefined;
}

const builtIn = builtInModels({});
/** What no history disturbs: models, credentials, and files, of which there are none. */
const UNDISTURBED = {
  gateway: NO_GATEWAY,
  describeModel: () => ({ isLite: false, clampEffort: (effort) => effort }),
  resolveCredential: () =>
    Promise.resolve({ ok: true, secrets: {}, onRefused: () => Promise.resolve('over') }),
  readGlobalMemory: () => Promise.resolve(''),
  spool: { pathOf: (name) => name, drop: () => Promise.resolve() },
  writeMediaFile: (_folder, path) => Promise.resolve({ ok: true, path }),
  signIn: () => Promise.resolve({ status: 'failed', text: 'nobody signs in here' }),
  report: () => {},
} satisfies Partial<EngineDeps>;

const OWN_JIDS = ['100@s.whatsapp.net', '200@lid'];

/** A host's process: the real engine and the real way of IPC requests, until it dies. */
export class SimulatedHost {
  readonly engine: Engine;
  readonly sweep: (folder: string) => Promise<void>;
  readonly #around: Surroundings;
  readonly #runner: AgentRunner;
  readonly #runs: Runs;
  /** Folders whose mailbox this host has looked into. */
  readonly #looked = new Set<string>();
  isOpen = false;
  isAlive = true;
  /** A graceful stop that has not ended. */
  stopping: Promise<void> | undefined;
  hasStopped = false;

  constructor(around: Surroundings) {
    this.#around = around;
    const isAlive = () => this.isAlive;
    const { clock, settings, groups } = around;
    const { now } = clock;
    const db = around.disk.open(isAlive, around.mutation !== 'no-transactions');
    const logger = this.#logger();
    const randomBytes = (size: number) => around.bytes.bytes(size);
    const findGroup = (jid: Jid) => groups.get(jid);
    this.#runner = around.agents.runnerFor(this);
    this.#runs = createRuns(db);
    this.engine = new Engine({
      db,
      channel: this.#channel(),
      runner: this.#runner,
      settings,
      findGroup,
      planRoutes: (group) => planRoutes({ group, defaults: {}, builtIn }),
      settleRequests: (folder) => this.sweep(folder),
      recoveringRequests: (folder) => this.#firstLook(folder),
      now,
      after: clock.afterFor(this),
      randomBytes,
      logger,
      censor: (text) => text,
      ...UNDISTURBED,
    });
    const { engine } = this;
    const registered = registrationsOf(groups);
    const parts = { db, engine, registered, now, randomBytes, timeZone: settings.timeZone };
    const commands = createCommands(parts);
    const request = { db, requests: createIpcRequests(db), commands, groups: registered, now };
    this.sweep = createMailboxSweep({ mailbox: around.mailbox, request, logger, isAlive });
  }

  /** Takes up what an earlier host left. */
  begin(): void {
    const { agents, groups } = this.#around;
    const runs = this.#runs.running().filter(({ chatJid }) => groups.has(chatJid));
    agents.reap(new Set(runs.map(attemptId)));
    this.engine.setOwnJids(OWN_JIDS);
    this.engine.recover();
  }

  /** Looks into a group's mailbox. */
  look(folder: string): void {
    this.sweep(folder).catch((error: unknown) => this.#report('mailbox', error));
  }

  /** The group is registered no more: the next one in its folder finds what is left there. */
  closeMailbox(folder: string): void {
    this.#looked.delete(folder);
  }

  #firstLook(folder: string): Promise<void> | undefined {
    if (this.#looked.has(folder)) return undefined;
    this.#looked.add(folder);
    return this.sweep(folder);
  }

  #report(what: string, error: unknown): void {
    if (this.isAlive) this.#around.onBroken(`${what}: ${String(error)}`);
  }

  /** Nothing but a fault may be worth an error to the host. */
  #logger(): Logger {
    const quiet = () => {};
    const error = ({ err }: { err?: unknown }, text: string) => this.#report(text, err);
    return { trace: quiet, debug: quiet, info: quiet, warn: quiet, error } as unknown as Logger;
  }

  open(): void {
    this.isOpen = true;
    this.engine.setChannelState({ status: 'open', ownJids: OWN_JIDS });
    this.engine.onCaughtUp();
  }

  cut(): void {
    this.isOpen = false;
    this.engine.setChannelState({ status: 'connecting' });
    this.#around.whatsapp.cut(this);
  }

  /** A message comes in, and is receipted when it is stored. */
  receive(question: Question): void {
    const isTooEarly = this.#around.mutation === 'ack-before-store';
    passCrashPoint('stanza-received');
    if (isTooEarly) question.isReceipted = true;
    passCrashPoint('message-decrypted');
    if (!this.isAlive) return;
    if (!question.isReceipted)
      question.isForeign = !this.#around.groups.has(question.message.chatJid);
    this.engine.ingest(question.message);
    passCrashPoint('message-stored');
    if (this.isAlive) question.isReceipted = true;
  }

  /** The process is gone in this moment: nothing that it does afterwards has an effect. */
  die(): void {
    this.isAlive = false;
    this.isOpen = false;
    const { disk, clock, whatsapp, agents } = this.#around;
    disk.loseTransaction();
    clock.drop(this);
    whatsapp.forget(this);
    agents.forget(this);
  }

  /** Stops as the host does at SIGTERM. */
  stop(): void {
    this.stopping = this.#stopPolitely();
  }

  async #stopPolitely(): Promise<void> {
    this.engine.stop();
    await this.#runner[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
    this.hasStopped = true;
  }

  #channel(): Channel {
    const { whatsapp, bytes, mutation } = this.#around;
    return {
      run: () => Promise.resolve(),
      send: (message, signal) => {
        if (!this.isOpen || !this.isAlive)
          return Promise.resolve({ status: 'unconfirmed', reason: 'not connected' });
        const id = mutation === 'fresh-id' ? bytes.bytes(9).toString('hex') : message.id;
        const sent = whatsapp.write(this, { ...message, id }, signal);
        passCrashPoint('message-written');
        return sent;
      },
      upload: () => Promise.resolve({ status: 'uploaded', upload: 'upload' }),
      download: () => Promise.resolve({ status: 'offline' }),
      setTyping: () => Promise.resolve(),
    };
  }
}
