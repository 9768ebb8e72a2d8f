import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostPaths } from '../../src/paths.ts';
import { replaceFile } from '../../src/registrations/file.ts';
import { formatRegistrations } from '../../src/registrations/text.ts';
import { HostProcess } from '../../test/probe/host-process.ts';
import { type FromHost, fromHostSchema } from './message.ts';

export const GROUPS = 1_000;
/** Agents at once. */
const PLACES = 50;

export interface GroupName {
  readonly jid: string;
  readonly subject: string;
}

export const groupNames = (count: number): GroupName[] =>
  Array.from({ length: count }, (_, index) => ({
    jid: `1203630000${String(index).padStart(5, '0')}@g.us`,
    subject: `Group ${index}`,
  }));

/** A home of its own for the host, removed at the end. */
export async function makeHome(stack: AsyncDisposableStack): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'deckhand-bench-load-'));
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 3 }));
  return home;
}

/** Writes the registrations as a whole: a thousand edits would each read what is there. */
export async function registerGroups(home: string, groups: readonly GroupName[]): Promise<void> {
  const entries = groups.map(({ jid, subject }, index) => {
    return [jid, { name: subject, folder: `group-${index}` }];
  });
  const { registrations } = hostPaths(home);
  await mkdir(dirname(registrations), { recursive: true, mode: 0o700 });
  await replaceFile(registrations, formatRegistrations(Object.fromEntries(entries)));
}

/** What the host finds in its environment; nothing of the person's own configuration. */
export function hostEnvironment(home: string): Readonly<Record<string, string>> {
  return {
    DECKHAND_HOME: home,
    DECKHAND_RUNTIME: 'process',
    WHATSAPP_URL: 'ws://127.0.0.1:9/ws/chat',
    ANTHROPIC_API_KEY: 'loopback-anthropic-key',
    MAX_CONCURRENT_CONTAINERS: String(PLACES),
    RECEIPTS: 'on',
    MENTION_FRESH_MINUTES: '0',
    RATE_LIMIT_SENDER: 'off',
    RATE_LIMIT_GROUP: 'off',
    TZ: 'UTC',
  };
}

export interface LoadHost extends AsyncDisposable {
  readonly process: HostProcess;
  onTold(call: (message: FromHost) => void): void;
  /** The first message of the type, from now on. Rejects when the signal aborts. */
  next<T extends FromHost['type']>(
    type: T,
    signal: AbortSignal,
  ): Promise<Extract<FromHost, { type: T }>>;
}

export function startLoadHost(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): LoadHost {
  const program = join(import.meta.dirname, 'host.ts');
  const onLogLine = (line: string) => void process.stderr.write(`${line}\n`);
  const host = new HostProcess({ program, args, env, onLogLine });
  const listeners = new Set<(message: FromHost) => void>();
  host.onMessage((received) => {
    const parsed = fromHostSchema.safeParse(received);
    if (parsed.success) for (const call of listeners) call(parsed.data);
  });
  return {
    process: host,
    onTold: (call) => void listeners.add(call),
    next(type, signal) {
      return new Promise((resolve, reject) => {
        const take = (message: FromHost) => {
          if (message.type !== type) return;
          listeners.delete(take);
          resolve(message as Extract<FromHost, { type: typeof type }>);
        };
        listeners.add(take);
        signal.addEventListener('abort', () => reject(new Error('gave up waiting for the host')), {
          once: true,
        });
      });
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}
