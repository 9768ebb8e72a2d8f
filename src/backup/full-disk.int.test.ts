import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { fillInstallation } from '../cli/backup/installation.fixture.ts';
import { createCliWorld, PROJECT_ROOT } from '../cli/cli-world.fixture.ts';

/** The arguments are the mount point, Node and deckhand. What is left on the small disk goes to stdout. */
const SCRIPT = `
mount -t tmpfs -o size=2m none "$1"
"$2" "$3" backup "$1/backup.tar.gz"
code=$?
ls -A "$1"
exit $code`;

test('a disk that is too small for the backup is said, and nothing stays on it', async () => {
  using world = createCliWorld();
  fillInstallation(world);
  writeFileSync(join(world.home, 'groups/family/noise'), randomBytes(4 * 1024 * 1024));
  const small = join(world.home, 'small');
  mkdirSync(small);
  const deckhand = join(PROJECT_ROOT, 'bin', 'deckhand.js');
  const words = ['sh', small, process.execPath, deckhand];
  const env = { PATH: process.env['PATH'], DECKHAND_HOME: world.home };
  const ends = promisify(execFile)(
    'unshare',
    ['--map-root-user', '--mount', 'sh', '-c', SCRIPT, ...words],
    { env },
  );
  await expect(ends).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: `The disk of ${small} is full. Make room there and run this again.\n`,
  });
});
