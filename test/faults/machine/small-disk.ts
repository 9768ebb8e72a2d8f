import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The arguments are the mount point, its size, Node and the program. */
const MOUNT_AND_RUN = `
mount -t tmpfs -o size="$2" none "$1" || exit 99
exec "$3" "$4"`;

/** Runs a program whose temporary folder is a disk of its own, and gives what it has printed as JSON. */
export async function runOnSmallDisk<T>(program: string, size: string): Promise<T> {
  const disk = mkdtempSync(join(tmpdir(), 'deckhand-small-disk-'));
  try {
    const { stdout } = await promisify(execFile)(
      'unshare',
      [
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        MOUNT_AND_RUN,
        'sh',
        disk,
        size,
        process.execPath,
        program,
      ],
      { env: { PATH: process.env['PATH'], TMPDIR: disk }, maxBuffer: 64 * 1024 * 1024 },
    );
    return JSON.parse(stdout) as T;
  } finally {
    rmSync(disk, { recursive: true });
  }
}
