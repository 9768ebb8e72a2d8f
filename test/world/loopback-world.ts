import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agents } from '../../src/app/agents.ts';
import { type App, type AppEnd, createApp } from '../../src/app/app.ts';
import { linkHost } from '../../src/app/link.ts';
import type { Now } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { createLogger, type Logger } from '../../src/logger.ts';
import { AGENT_IMAGE } from '../docker/engine.ts';
import type { ModelScript } from '../loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../loopback/models/server.ts';
import { startWhatsAppServer, type WhatsAppServer } from '../loopback/whatsapp/server.ts';
import { ActivityLog } from './activity-log.ts';
import type { ModelReach } from './model-reach.ts';

export interface WorldOptions {
  readonly runtime: 'docker' | 'process';
  readonly reach: ModelReach;
  readonly projectRoot: string;
  /** Environment of the host besides what the world itself sets; an empty value unsets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: ModelScript;
  readonly logLevel?: string;
  /** Gets each line of the host's log; standard error unless told. */
  readonly onLogLine?: (line: string) => void;
  /** Agents played by a test instead of the runtime. */
  readonly agents?: Agents;
  /** The same, made for a host that is about to start. */
  readonly createAgents?: (config: Config) => Agents;
  /** The host's clock; the system's unless told. */
  readonly now?: Now;
}

interface RunningHost {
  readonly app: App;
  readonly stop: AbortController;
  readonly ended: Promise<AppEnd>;
}

/** WhatsApp and the models on loopback, and a real host of its own in a temporary folder between them. */
export class LoopbackWorld {
  readonly whatsapp: WhatsAppServer;
  readonly models: ModelServer;
  readonly config: Config;
  readonly log = new ActivityLog();
  readonly #options: WorldOptions;
  readonly #logger: Logger;
  #host: RunningHost | undefined;

  private constructor(
    options: WorldOptions,
    parts: { whatsapp: WhatsAppServer; models: ModelServer; config: Config },
  ) {
    this.#options = options;
    this.whatsapp = parts.whatsapp;
    this.models = parts.models;
    this.config = parts.config;
    const { logLevel = 'silent', onLogLine } = options;
    this.#logger = createLogger(logLevel, {
      secrets: Object.values(this.config.secrets),
      ...(onLogLine && { destination: { write: onLogLine } }),
    });
  }

  static async start(options: WorldOptions): Promise<LoopbackWorld> {
    const home = await mkdtemp(join(tmpdir(), 'deckhand-world-'));
    const whatsapp = await startWhatsAppServer();
    const models = await startModelServer({
      host: options.reach.listenHost,
      ...(options.script === undefined ? {} : { script: options.script }),
    });
    const origin = `http://${options.reach.agentHost}:${models.port}`;
    const environment = {
      PATH: process.env['PATH'],
      DECKHAND_HOME: home,
      CONTAINER_IMAGE: AGENT_IMAGE,
      DECKHAND_RUNTIME: options.runtime,
      WHATSAPP_URL: whatsapp.url,
      ANTHROPIC_API_KEY: 'loopback-anthropic-key',
      OPENAI_API_KEY: 'loopback-openai-key',
      ANTHROPIC_BASE_URL: origin,
      OPENAI_BASE_URL: `${origin}/v1`,
      CHATGPT_BASE_URL: `${origin}/backend-api`,
      TZ: 'UTC',
      // Tests that are about them, and the demo, switch them on.
      RECEIPTS: 'off',
      // They ask faster than people do.
      RATE_LIMIT_SENDER: 'off',
      RATE_LIMIT_GROUP: 'off',
      ...options.env,
    };
    const config = loadConfig(environment, options.projectRoot);
    return new LoopbackWorld(options, { whatsapp, models, config });
  }

  get app(): App {
    if (this.#host === undefined) throw new Error('the host does not run');
    return this.#host.app;
  }

  /** Links the host's folder to the owner's phone, as `deckhand link` does. */
  async link(signal: AbortSignal): Promise<void> {
    const scans: Promise<void>[] = [];
    const onQr = (qr: string) => void scans.push(this.whatsapp.scanQr(qr));
    const outcome = await linkHost(this.config, { kind: 'qr', onQr }, this.#logger, signal);
    await Promise.all(scans);
    if (outcome.status !== 'linked') throw new Error(`not linked: ${JSON.stringify(outcome)}`);
  }

  /** Starts the host and resolves when WhatsApp sees it online. */
  async startHost(signal: AbortSignal): Promise<App> {
    const app = await this.#createApp();
    const stop = new AbortController();
    this.#host = { app, stop, ended: app.run(stop.signal) };
    await Promise.race([this.whatsapp.waitForConnection(signal), this.#host.ended]);
    return app;
  }

  async stopHost(): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    if (host === undefined) return;
    host.stop.abort();
    await host.ended;
    await host.app[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopHost();
    await this.whatsapp[Symbol.asyncDispose]();
    await this.models[Symbol.asyncDispose]();
    await rm(this.config.home, { recursive: true, force: true });
  }

  #createApp(): Promise<App> {
    const { now, createAgents } = this.#options;
    const agents = this.#options.agents ?? createAgents?.(this.config);
    return createApp(this.config, {
      ...(agents === undefined ? {} : { agents }),
      ...(now === undefined ? {} : { now }),
      projectRoot: this.#options.projectRoot,
      logger: this.#logger,
      report: this.log.report,
    });
  }
}
