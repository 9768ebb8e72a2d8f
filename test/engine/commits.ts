import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './world.ts';

/** Commits that lie in the write-ahead log: frames that name the size of the database. */
export function commitsOf(world: World): number {
  const log = readFileSync(join(world.folder, 'deckhand.db-wal'));
  const frameBytes = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + 24 <= log.length; at += frameBytes) {
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
