import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { systemAfter } from '../clock.ts';
import { BUNDLED_ENTRIES } from '../core/models/bundled-entries.ts';
import { createCatalog } from '../core/models/catalog.ts';
import { effectiveModels } from '../core/models/effective-defaults.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createModelStore } from '../db/models.ts';
import { createLogger, type Logger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import { createRegistrations, type Registrations } from '../registrations/registrations.ts';
import { ensureSecret } from '../secret-file.ts';
import { Console } from './console.ts';
import type { ServingHost } from './ports.ts';
import { sessionOf } from './security/token.ts';

/** 1 December 2026, noon UTC. */
export const NOW = Date.UTC(2026, 11, 1, 12);

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Headers = Readonly<Record<string, string>>;

/** A console on a free port that shows a host with a real database and registrations, and no WhatsApp. */
export class WebWorld implements AsyncDisposable {
  readonly console: Console;
  readonly db: Db;
  readonly registrations: Registrations;
  readonly token: string;
  readonly logFile: string;
  /** How often the page for linking has asked for a new code. */
  asked = 0;
  nudges = 0;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<WebWorld, 'console' | 'db' | 'registrations' | 'token' | 'logFile'>,
    stack: AsyncDisposableStack,
  ) {
    this.console = parts.console;
    this.db = parts.db;
    this.registrations = parts.registrations;
    this.token = parts.token;
    this.logFile = parts.logFile;
    this.#stack = stack;
  }

  /** `entries` as in the registrations file. */
  static async open(
    entries: object = {},
    logger: Logger = createLogger('silent'),
  ): Promise<WebWorld> {
    await using stack = new AsyncDisposableStack();
    const home = mkdtempSync(join(tmpdir(), 'deckhand-web-'));
    stack.defer(() => rmSync(home, { recursive: true, force: true }));
    const paths = hostPaths(home);
    mkdirSync(paths.logs, { recursive: true });
    writeFileSync(paths.registrations, JSON.stringify(entries));
    const db = openDatabase(paths.database);
    stack.defer(() => void db.close());
    const now = () => NOW;
    const registrations = stack.use(
      await createRegistrations({ path: paths.registrations, logger, now }),
    );
    const token = await ensureSecret(paths.consoleToken);
    const logFile = join(paths.logs, 'host.log');
    const deps = {
      now,
      after: systemAfter,
      logger,
      timeZone: 'UTC',
      token,
      logFolder: paths.logs,
    };
    const linkAgain = () => void (world.asked += 1);
    const opened = stack.use(await Console.open(deps, { port: 0, linkAgain }));
    const parts = { console: opened, db, registrations, token, logFile };
    const world = new WebWorld(parts, stack.move());
    world.showHost();
    return world;
  }

  /** Shows the host, as if it served, with parts of it replaced. */
  showHost(replaced: Partial<ServingHost> = {}): void {
    const { db, registrations } = this;
    this.console.setHost({
      db,
      registrations,
      assistantName: 'Assistant',
      hasReceipts: true,
      readQueue: () => ({ running: 1, waiting: 2 }),
      onTasksChanged: () => void (this.nudges += 1),
      readModels: () => ({
        catalog: createCatalog({
          entries: BUNDLED_ENTRIES,
          observations: createModelStore(db).listObservations(),
        }),
        effective: effectiveModels({}, {}),
      }),
      readContainers: () => Promise.resolve({ status: 'listed', containers: [] }),
      readSignInTroubles: () => Promise.resolve([]),
      ...replaced,
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.console.port}`;
  }

  get cookie(): string {
    return `deckhand_${this.console.port}=${sessionOf(this.token)}`;
  }

  /** As a browser that was let in; `headers` replace what it sends. */
  get(path: string, headers: Headers = {}): Promise<WebAnswer> {
    return this.send('GET', path, { cookie: this.cookie, ...headers });
  }

  post(
    path: string,
    form: Readonly<Record<string, string>> = {},
    headers: Headers = {},
  ): Promise<WebAnswer> {
    const own = {
      cookie: this.cookie,
      origin: this.origin,
      'content-type': 'application/x-www-form-urlencoded',
    };
    return this.send('POST', path, { ...own, ...headers }, new URLSearchParams(form).toString());
  }

  /** Exactly this, without following anything. */
  async send(method: string, path: string, headers: Headers = {}, body = ''): Promise<WebAnswer> {
    const answer = await this.open(method, path, headers, body);
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: await text(answer),
    };
  }

  /** The answer as soon as its headers are there. */
  open(method: string, path: string, headers: Headers, body = ''): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { port } = this.console;
      const sent = request(
        { host: '127.0.0.1', port, method, path, headers, agent: false },
        resolve,
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
