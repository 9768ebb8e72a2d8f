import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '../logger.ts';
import { type OpenFileOutcome, openGroupFile } from './group-file.ts';

export interface SpoolDeps {
  /** A folder that no container sees. */
  readonly root: string;
  readonly logger: Logger;
}

export type SpoolOutcome =
  | { ok: true; spoolName: string; size: number }
  | Extract<OpenFileOutcome, { ok: false }>;

export type Spool = ReturnType<typeof createSpool>;

/** Copies of files that agents send, so that what they do to the file later changes nothing. */
export function createSpool({ root, logger }: SpoolDeps) {
  const pathOf = (spoolName: string) => join(root, spoolName);
  const drop = async (spoolName: string): Promise<void> => {
    try {
      await rm(pathOf(spoolName), { force: true });
    } catch (error) {
      logger.warn({ err: error, spoolName }, 'spooled file not removed');
    }
  };
  return {
    pathOf,
    drop,
    /** Copies a file of a group, `path` being relative to the group's folder. Rejects on faults of the machine. */
    async take(groupFolder: string, path: string, maxBytes: number): Promise<SpoolOutcome> {
      const opened = await openGroupFile(groupFolder, path, maxBytes);
      if (!opened.ok) return opened;
      await using file = opened.file;
      const spoolName = randomBytes(12).toString('hex');
      await mkdir(root, { recursive: true, mode: 0o700 });
      let size = 0;
      const limit = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          size += chunk.length;
          done(size > maxBytes ? new GrownError() : null, chunk);
        },
      });
      try {
        const source = createReadStream('', { fd: file, autoClose: false, start: 0 });
        const copy = createWriteStream(pathOf(spoolName), {
          flags: 'wx',
          mode: 0o600,
          flush: true,
        });
        await pipeline(source, limit, copy);
      } catch (error) {
        await drop(spoolName);
        if (error instanceof GrownError) return { ok: false, reason: 'too_large' };
        throw error;
      }
      return { ok: true, spoolName, size };
    },
    /** Removes what no unsent message needs: a crash may have left copies. */
    async sweep(needed: readonly string[]): Promise<void> {
      const keep = new Set(needed);
      await mkdir(root, { recursive: true, mode: 0o700 });
      for (const name of await readdir(root)) if (!keep.has(name)) await drop(name);
    },
  };
}

/** The file became larger than allowed while it was copied. */
class GrownError extends Error {}
