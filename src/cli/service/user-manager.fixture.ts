import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const GUARD = fileURLToPath(new URL('user-manager.sh', import.meta.url));

type Guard = ChildProcessByStdio<Writable, Readable, Readable>;

export interface UserManager extends AsyncDisposable {
  /** HOME and XDG_RUNTIME_DIR by which programs find it. */
  readonly environment: { readonly HOME: string; readonly XDG_RUNTIME_DIR: string };
  /** What starts a program where the manager runs: elsewhere it would have no process id for who asks. */
  readonly enter: readonly [string, ...string[]];
  /** `systemctl --user …`; rejects when it fails. */
  systemctl(...args: readonly string[]): Promise<string>;
}

/**
 * A real systemd manager of a user, shut off from the machine. Whatever becomes of this process, the manager and all
 * that it started end with it. Rejects with what is missing: root, for the namespaces, and systemd.
 */
export async function startUserManager(): Promise<UserManager> {
  refuseUnfitMachine();
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-systemd-'));
  const environment = { HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'run') };
  for (const path of Object.values(environment)) mkdirSync(path, { mode: 0o700 });
  const env = { PATH: process.env['PATH'], ...environment };
  // In a session of its own Ctrl-C does not reach it, which has to clear up.
  const guard = spawn('sh', [GUARD, folder], { stdio: 'pipe', env, detached: true });
  const said = text(guard.stderr);
  const stop = async () => {
    guard.stdin.end();
    if (!hasEnded(guard)) await once(guard, 'exit');
  };
  try {
    const enter = ['nsenter', '-t', await readInnerPid(guard), '-m', '-p', '-C'] as const;
    const systemctl = async (...args: readonly string[]) => {
      const [program, ...options] = enter;
      const { stdout } = await run(program, [...options, 'systemctl', '--user', ...args], { env });
      return stdout;
    };
    await waitUntilUp(guard, systemctl);
    return { environment, enter, systemctl, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw new Error(`systemd --user does not start here. ${await said}`, { cause: error });
  }
}

function refuseUnfitMachine(): void {
  if (process.getuid?.() !== 0) {
    throw new Error('This test needs root, for namespaces of its own. Run it as root on Linux.');
  }
  if (!existsSync('/usr/lib/systemd/systemd')) {
    throw new Error('This test needs systemd. Install it: `apt-get install systemd` on Debian.');
  }
}

/** Of the first process in the namespace, as seen from outside: it says so as soon as it is there. */
async function readInnerPid(guard: Guard): Promise<string> {
  await Promise.race([once(guard.stdout, 'data'), once(guard, 'exit')]);
  if (hasEnded(guard)) throw new Error('The namespaces cannot be made.');
  return childOf(childOf(String(guard.pid)));
}

function childOf(pid: string): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}

async function waitUntilUp(
  guard: Guard,
  systemctl: (...args: readonly string[]) => Promise<string>,
): Promise<void> {
  for (;;) {
    if (hasEnded(guard)) throw new Error('It has ended.');
    try {
      await systemctl('show', '--property=Version');
      return;
    } catch (error) {
      if (!(error instanceof Error && 'stderr' in error)) throw error;
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
