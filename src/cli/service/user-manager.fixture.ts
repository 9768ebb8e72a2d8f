import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isErrno } from '../../errno.ts';

const run = promisify(execFile);
const CGROUP_ROOTS = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup'];

/** Everything is a namespace of its own: a manager takes in all processes of the control group that it starts in. */
const START = `
set -e
for root in ${CGROUP_ROOTS.join(' ')}; do
  if [ -e "$root/cgroup.procs" ]; then mkdir "$root/$1"; echo $$ > "$root/$1/cgroup.procs"; fi
done
exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc sh -c "$2"`;
const INSIDE = `
set -e
if [ -d /sys/fs/cgroup/unified ]; then
  mount -t tmpfs none /sys/fs/cgroup
  mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/systemd
  mount -t cgroup2 none /sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd
else
  mount -t cgroup2 none /sys/fs/cgroup
fi
mount -t tmpfs none /run/systemd
mkdir /run/systemd/system
/usr/lib/systemd/systemd --user --log-target=null &
echo started
wait $!`;

export interface UserManager extends AsyncDisposable {
  /** HOME and XDG_RUNTIME_DIR by which programs find it. */
  readonly environment: { readonly HOME: string; readonly XDG_RUNTIME_DIR: string };
  /** What starts a program where the manager runs: elsewhere it would have no process id for who asks. */
  readonly enter: readonly [string, ...string[]];
  /** `systemctl --user …`; rejects when it fails. */
  systemctl(...args: readonly string[]): Promise<string>;
}

/** A real systemd manager of a user, shut off from the machine. Needs root, for the namespaces, and systemd. */
export async function startUserManager(): Promise<UserManager> {
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-systemd-'));
  const environment = { HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'run') };
  for (const path of Object.values(environment)) mkdirSync(path, { mode: 0o700 });
  const group = `deckhand-test-${process.pid}`;
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn('sh', ['-c', START, 'sh', group, INSIDE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const inner = await readInnerPid(child);
  const enter = ['nsenter', '-t', inner, '-m', '-p', '-C'] as const;
  const systemctl = async (...args: readonly string[]) => {
    const [program, ...options] = enter;
    const { stdout } = await run(program, [...options, 'systemctl', '--user', ...args], { env });
    return stdout;
  };
  const stop = async () => {
    const end = once(child, 'exit');
    child.kill('SIGKILL');
    await end;
    for (const root of CGROUP_ROOTS) await removeGroups(join(root, group));
    rmSync(folder, { recursive: true, force: true });
  };
  await waitUntilUp(child, systemctl);
  return { environment, enter, systemctl, [Symbol.asyncDispose]: stop };
}

/** Seen from outside: the only child of `unshare`, which says so as soon as it is there. */
async function readInnerPid(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error('No namespaces: this test needs root.');
  return readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
}

async function waitUntilUp(
  child: ChildProcess,
  systemctl: (...args: readonly string[]) => Promise<string>,
): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('systemd --user does not start.');
    try {
      await systemctl('show', '--property=Version');
      return;
    } catch (error) {
      if (!(error instanceof Error && 'stderr' in error)) throw error;
    }
  }
}

/** A control group goes when the last process in it has been reaped, a moment after its death. */
async function removeGroups(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroups(join(path, entry.name));
  }
  for (;;) {
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if (!isErrno(error, 'EBUSY')) throw error;
      await setImmediate();
    }
  }
}
