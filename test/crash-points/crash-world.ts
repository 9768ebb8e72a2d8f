import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkHost } from '../../src/app/link.ts';
import { loadConfig } from '../../src/config.ts';
import type { CrashPoint } from '../../src/crash-points.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { createLogger } from '../../src/logger.ts';
import { type HostPaths, hostPaths } from '../../src/paths.ts';
import { AgentYard } from '../crash-loop/yard/agent-yard.ts';
import type { Said } from '../crash-loop/yard/yard-agent.ts';
import type { Group, Phone, SeenMessage } from '../loopback/whatsapp/server.ts';
import { startWhatsAppServer, type WhatsAppServer } from '../loopback/whatsapp/server.ts';
import { ChildHost } from './child-host.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

/** Before the test itself is over its time, so that it is said which point was not passed. */
const DEATH_WAIT_MS = 45_000;

/** A registered group with nobody but Ana and the owner. */
export interface CrashGroup {
  readonly chat: Group;
  readonly folder: string;
}

/** One request as its agent sees it. */
export interface AskedRun {
  readonly folder: string;
  /** Of the attempt. */
  readonly runId: string;
  /** The run's next event; the last one is `result` or `failed`. */
  readonly say: (event: Said) => void;
}

/** WhatsApp and agents on loopback, and one host after another on the same folder. */
export class CrashWorld {
  readonly whatsapp: WhatsAppServer;
  readonly paths: HostPaths;
  readonly ana: Phone;
  readonly db: Db;
  /** Every request that reached an agent. */
  readonly asked: AskedRun[] = [];
  /** Plays one run of an agent after it has begun. */
  act: (run: AskedRun) => void | Promise<void> = answer;
  #yard: AgentYard | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #host: ChildHost | undefined;
  #groups = 0;

  private constructor(
    whatsapp: WhatsAppServer,
    env: Readonly<Record<string, string | undefined>> & { DECKHAND_HOME: string },
  ) {
    this.whatsapp = whatsapp;
    this.#env = env;
    this.paths = hostPaths(env.DECKHAND_HOME);
    this.ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    this.db = openDatabase(this.paths.database);
  }

  /** With a linked host that is up. */
  static async start(signal: AbortSignal): Promise<CrashWorld> {
    const home = await mkdtemp(join(tmpdir(), 'deckhand-crash-'));
    const whatsapp = await startWhatsAppServer();
    const env = {
      PATH: process.env['PATH'],
      DECKHAND_HOME: home,
      DECKHAND_RUNTIME: 'process',
      WHATSAPP_URL: whatsapp.url,
      ANTHROPIC_API_KEY: 'loopback-anthropic-key',
      RECEIPTS: 'off',
      RATE_LIMIT_SENDER: 'off',
      RATE_LIMIT_GROUP: 'off',
      LOG_LEVEL: process.env['CRASH_LOG_LEVEL'] ?? 'silent',
      TZ: 'UTC',
      NODE_COMPILE_CACHE: join(home, 'compiled'),
    };
    await link(whatsapp, env, signal);
    const world = new CrashWorld(whatsapp, env);
    world.#yard = await AgentYard.open(world.#yardPath, async (request, agent) => {
      const { runId, provider } = request;
      const { folder } = agent.spec;
      const run = { folder, runId, say: (event: Said) => agent.say(runId, event) };
      world.asked.push(run);
      run.say({ type: 'started', provider });
      await world.act(run);
    });
    await world.startHost(signal);
    return world;
  }

  get #yardPath(): string {
    return join(this.paths.home, 'agents.sock');
  }

  get host(): ChildHost {
    if (this.#host === undefined) throw new Error('no host runs');
    return this.#host;
  }

  /** Resolves when it obeys; it comes online by itself. */
  async startHost(signal: AbortSignal): Promise<void> {
    this.#host = new ChildHost(this.#yardPath, this.#env);
    await this.#host.up(signal);
  }

  async stopHost(): Promise<void> {
    await this.#host?.[Symbol.asyncDispose]();
    this.#host = undefined;
  }

  /** Starts a host and resolves when it has killed itself at a point. */
  async startDoomedHost(point: CrashPoint, signal: AbortSignal): Promise<void> {
    this.#host = new ChildHost(this.#yardPath, this.#env, point);
    await this.hostDies(point, signal);
  }

  /** Resolves when the host has killed itself at the point for which it was armed. */
  async hostDies(point: CrashPoint, signal: AbortSignal): Promise<void> {
    try {
      const limit = AbortSignal.timeout(DEATH_WAIT_MS);
      const death = await this.host.death(AbortSignal.any([signal, limit]));
      if (death !== 'SIGKILL') throw new Error(`ended with ${death}`);
    } catch (cause) {
      throw new Error(`the host did not die at ${point}`, { cause });
    }
  }

  /** Ends all agents, as a reboot does. */
  killAgents(): void {
    for (const agent of this.#yard?.alive ?? []) agent.kill();
  }

  async addGroup(signal: AbortSignal): Promise<CrashGroup> {
    this.#groups += 1;
    const folder = `group-${this.#groups}`;
    const chat = this.whatsapp.addGroup({ subject: folder, members: [this.ana] });
    await this.host.ask({ ask: 'register', jid: chat.jid, folder }, signal);
    return { chat, folder };
  }

  /** What Ana's phone shows of the assistant in a group. */
  shown({ chat }: CrashGroup): string[] {
    const seen = this.ana.seen.filter((one) => one.fromCompanion && one.chat === chat.jid);
    return seen.map(({ text }) => text);
  }

  /** The first column of what a query gives for one value. */
  column(sql: string, value: string): unknown[] {
    return this.db.prepare<[string]>(sql).pluck().all(value);
  }

  /** Resolves when Ana's phone shows a text of the assistant in a group. */
  shows({ chat }: CrashGroup, text: string, signal: AbortSignal): Promise<SeenMessage> {
    const isIt = (seen: SeenMessage) => seen.chat === chat.jid && seen.text.includes(text);
    return this.ana.waitForMessage((seen) => seen.fromCompanion && isIt(seen), signal);
  }

  /** Resolves when nothing is left to be done, so that nothing more can be shown. */
  async rest(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { length } = this.host.activities;
      await this.host.ask({ ask: 'idle' }, signal);
      if (this.#isAtRest()) return;
      await this.host.moreThan(length, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopHost();
    this.db.close();
    await this.#yard?.[Symbol.asyncDispose]();
    await this.whatsapp[Symbol.asyncDispose]();
    await rm(this.paths.home, { recursive: true, force: true });
  }

  #isAtRest(): boolean {
    const open = this.db.prepare<[], number>(`
      select (select count(*) from outbox where state = 'pending')
        + (select count(*) from runs where state = 'running')
        + (select count(*) from messages where state = 'pending')
        + (select count(*) from task_runs where state in ('waiting', 'running'))`);
    return open.pluck().get() === 0;
  }
}

export function answer({ say }: AskedRun): void {
  say({ type: 'result', text: 'the answer', isCut: false });
}

async function link(
  whatsapp: WhatsAppServer,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const scans: Promise<void>[] = [];
  const onQr = (qr: string) => void scans.push(whatsapp.scanQr(qr));
  const config = loadConfig(env, projectRoot);
  const outcome = await linkHost(config, { kind: 'qr', onQr }, createLogger('silent'), signal);
  await Promise.all(scans);
  if (outcome.status !== 'linked') throw new Error(`not linked: ${JSON.stringify(outcome)}`);
}
