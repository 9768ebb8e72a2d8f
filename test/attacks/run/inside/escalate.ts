/** Runs in the hostile group's container: tries to become more than it is, and to use up more than it may. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';

const { what } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as { what: string };

const COMMANDS = [
  'mount -t tmpfs x /mnt',
  'mknod /tmp/disk b 8 0',
  'chroot / true',
  'unshare --mount true',
  'unshare --map-root-user true',
  'node -e "process.setuid(0)"',
  'touch /etc/planted',
  'touch /usr/bin/planted',
  'touch /run/deckhand/planted',
  'rm -f /run/deckhand/door.sock',
  'echo 1 > /proc/sys/kernel/sysrq',
  'echo b > /proc/sysrq-trigger',
  'head -c 1 /proc/kcore',
  'head -c 1 /dev/mem',
  'hostname planted',
  'nsenter --target 1 --net true',
];
const CHILDREN = 1_000;
const OPEN_FILES = 20_000;
const EATEN = 'const kept = []; for (let i = 0; i < 40; i++) kept.push(Buffer.alloc(1 << 24, 1));';

/** By the shell, of a program that is not there. */
const NOT_FOUND = 127;

/** Those that ended well, and those that were none. */
function gainPowers() {
  const ends = COMMANDS.map((command) => spawnSync('sh', ['-c', command]).status);
  const those = (status: number) => COMMANDS.filter((_, index) => ends[index] === status);
  return { tried: COMMANDS.length, gained: those(0), missing: those(NOT_FOUND) };
}

/** How many processes there can be at once. */
async function bomb(): Promise<number> {
  const children = Array.from({ length: CHILDREN }, () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    child.on('error', () => undefined);
    return child;
  });
  const started = children.filter(({ pid }) => pid !== undefined);
  for (const child of started) child.kill('SIGKILL');
  await Promise.all(started.map((child) => once(child, 'exit')));
  return started.length;
}

function openFiles(): number {
  for (let count = 0; count < OPEN_FILES; count += 1) {
    try {
      openSync('/dev/null', 'r');
    } catch {
      return count;
    }
  }
  return OPEN_FILES;
}

/** Undefined when the kernel ended the eater. */
function eat(): string {
  const { signal, stdout } = spawnSync(process.execPath, ['-e', `${EATEN} console.log('ate')`]);
  return `${signal ?? ''}${String(stdout).trim()}`;
}

const found =
  what === 'powers'
    ? gainPowers()
    : {
        children: await bomb(),
        ofChildren: CHILDREN,
        eaten: eat(),
        files: openFiles(),
        ofFiles: OPEN_FILES,
      };
process.stdout.write(JSON.stringify(found));
