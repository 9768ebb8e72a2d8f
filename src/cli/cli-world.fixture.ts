import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { loadAuthState } from '../channels/whatsapp/signal/auth-state.ts';
import { loadConfig } from '../config.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { type HostPaths, hostPaths } from '../paths.ts';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { runCli } from './run-cli.ts';

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
/** 1 December 2026, noon UTC. */
export const NOW = Date.UTC(2026, 11, 1, 12);

interface CliResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliWorld extends Disposable {
  readonly home: string;
  readonly paths: HostPaths;
  /** Variables beside DECKHAND_HOME; no engine is reachable unless this says so. */
  readonly environment: Record<string, string>;
  run(...args: string[]): Promise<CliResult>;
  /** As `run`, with some of the context replaced. */
  runWith(context: Partial<CliContext>, ...args: string[]): Promise<CliResult>;
  /** Writes the registrations file. */
  register(entries: unknown): void;
  /** Opens the database for what the test wants to be in it, and closes it. */
  fill(work: (db: Db) => void): void;
}

/** A folder of its own in which the real commands run inside this process. */
export function createCliWorld(): CliWorld {
  const home = mkdtempSync(join(tmpdir(), 'deckhand-cli-'));
  const paths = hostPaths(home);
  const environment: Record<string, string> = {
    DECKHAND_HOME: home,
    DOCKER_HOST: `unix://${join(home, 'no-docker.sock')}`,
    TZ: 'UTC',
  };
  const makeData = () => mkdirSync(paths.data, { recursive: true, mode: 0o700 });
  const runWith = async (replaced: Partial<CliContext>, ...args: string[]): Promise<CliResult> => {
    const written = { stdout: '', stderr: '' };
    const code = await runCli(['node', 'deckhand', ...args], {
      loadConfig: () => loadConfig(environment, PROJECT_ROOT),
      environment,
      projectRoot: PROJECT_ROOT,
      stdout: (text) => void (written.stdout += text),
      stderr: (text) => void (written.stderr += text),
      isTty: false,
      stdin: Readable.from([]),
      isStdinTty: false,
      now: () => NOW,
      signal: new AbortController().signal,
      ...replaced,
    });
    return { code, ...written };
  };
  return {
    home,
    paths,
    environment,
    run: (...args) => runWith({}, ...args),
    runWith,
    register(entries) {
      makeData();
      writeFileSync(paths.registrations, JSON.stringify(entries));
    },
    fill(work) {
      makeData();
      const db = openDatabase(paths.database);
      work(db);
      db.close();
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true }),
  };
}

/** As if a phone had confirmed this device. */
export function linkAccount(db: Db, name = 'Deckhand'): void {
  const auth = loadAuthState(db);
  auth.creds.me = { id: '4915112345678:7@s.whatsapp.net', lid: '99887766:7@lid', name };
  auth.creds.account = { details: Buffer.from('confirmed') };
  auth.saveCreds();
}
