import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type HostPaths, hostPaths } from '../../src/paths.ts';
import { AGENT_IMAGE, projectRoot } from '../docker/engine.ts';
import { type ModelServer, startModelServer } from '../loopback/models/server.ts';
import { type OAuthServer, startOAuthServer } from '../loopback/oauth/server.ts';
import { startWhatsAppServer, type WhatsAppServer } from '../loopback/whatsapp/server.ts';
import { freePort } from '../sign-in/free-port.ts';
import { LOOPBACK_REACH, type ModelReach } from '../world/model-reach.ts';
import { SetupTerminal } from './setup-terminal.ts';

export interface SetupWorldOptions {
  readonly runtime?: 'docker' | 'process';
  readonly reach?: ModelReach;
  readonly env?: Readonly<Record<string, string>>;
}

interface PipedEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const CLAUDE_KEY = `sk-ant-api03-${'k'.repeat(40)}`;

/** WhatsApp, models and sign-in on loopback, and an installation in which nobody has done anything yet. */
export class SetupWorld implements AsyncDisposable {
  readonly whatsapp: WhatsAppServer;
  readonly models: ModelServer;
  readonly oauth: OAuthServer;
  readonly paths: HostPaths;
  readonly env: Record<string, string>;
  readonly #folder: string;
  readonly #terminals: SetupTerminal[] = [];

  private constructor(
    folder: string,
    servers: { whatsapp: WhatsAppServer; models: ModelServer; oauth: OAuthServer },
    env: Record<string, string>,
  ) {
    this.#folder = folder;
    this.whatsapp = servers.whatsapp;
    this.models = servers.models;
    this.oauth = servers.oauth;
    this.env = env;
    this.paths = hostPaths(join(folder, 'deckhand'));
  }

  static async start(options: SetupWorldOptions = {}): Promise<SetupWorld> {
    const { runtime = 'process', reach = LOOPBACK_REACH } = options;
    const folder = await mkdtemp(join(tmpdir(), 'deckhand-setup-'));
    const whatsapp = await startWhatsAppServer();
    const models = await startModelServer({ host: reach.listenHost });
    const oauth = await startOAuthServer({ pollIntervalS: 1 });
    const origin = `http://${reach.agentHost}:${models.port}`;
    return new SetupWorld(
      folder,
      { whatsapp, models, oauth },
      {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        DECKHAND_HOME: join(folder, 'deckhand'),
        DECKHAND_RUNTIME: runtime,
        CONTAINER_IMAGE: AGENT_IMAGE,
        WHATSAPP_URL: whatsapp.url,
        ANTHROPIC_BASE_URL: origin,
        OPENAI_BASE_URL: `${origin}/v1`,
        CHATGPT_BASE_URL: `${origin}/backend-api`,
        OPENAI_AUTH_URL: oauth.origin,
        OPENAI_CALLBACK_PORT: String(await freePort()),
        TZ: 'UTC',
        ...options.env,
      },
    );
  }

  /** `deckhand setup` at a terminal. */
  open(...args: string[]): SetupTerminal {
    const pidFile = join(this.#folder, `terminal-${this.#terminals.length}.pid`);
    const terminal = new SetupTerminal({ env: this.env, pidFile, args: ['setup', ...args] });
    this.#terminals.push(terminal);
    return terminal;
  }

  /** The real program without a terminal, with all of its input. */
  async run(args: readonly string[], input = ''): Promise<PipedEnd> {
    const main = join(projectRoot, 'src', 'main.ts');
    const child = spawn(process.execPath, [main, ...args], { env: this.env });
    child.stdin.end(input);
    const ended = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code: child.exitCode, stdout, stderr };
  }

  /** What `codex login` leaves on a machine; gives its path. */
  async writeCodexSignIn(): Promise<string> {
    const { idToken, accessToken, refreshToken } = this.oauth.issueSignIn();
    const tokens = { id_token: idToken, access_token: accessToken, refresh_token: refreshToken };
    const path = join(this.#folder, 'auth.json');
    await writeFile(path, JSON.stringify({ tokens }), { mode: 0o600 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals) await terminal[Symbol.asyncDispose]();
    await this.whatsapp[Symbol.asyncDispose]();
    await this.models[Symbol.asyncDispose]();
    await this.oauth[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
