import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Now } from '../clock.ts';
import { isErrno } from '../errno.ts';
import type { Refusal } from './command.ts';
import { removeTree } from './remove-tree.ts';

/** Kept per group, enough to see what an agent tries; the oldest go first. */
const MAX_FILES = 100;
const MAX_BYTES = 8 * 1024 * 1024;

interface Kept {
  readonly id: string;
  readonly bytes: number;
}

/**
 * Takes what must not be processed out of the agent's reach, under names of the host's choice: `<id>.file`
 * and, saying what it was, `<id>.json`; of a folder the latter alone. Bounded in number and size per group. Nothing in it is ever opened.
 */
export class Quarantine {
  readonly #root: string;
  readonly #now: Now;
  readonly #kept = new Map<string, Kept[]>();

  constructor(root: string, now: Now) {
    this.#root = root;
    this.#now = now;
  }

  /** Moves `path` away; whether it was still there. */
  async take(
    path: string,
    origin: { folder: string; box: string; name: string },
    refusal: Refusal,
  ): Promise<boolean> {
    const folder = join(this.#root, origin.folder);
    const kept = await this.#load(origin.folder);
    const id = `${this.#now().toString().padStart(15, '0')}-${randomBytes(4).toString('hex')}`;
    const target = join(folder, `${id}.file`);
    try {
      await rename(path, target);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
    const found = await lstat(target);
    // What lies in a folder is not counted and has no bound, so that only the word of it is kept.
    if (found.isDirectory()) await removeTree(target);
    const bytes = found.isDirectory() ? 0 : found.size;
    const reason = { ...origin, code: refusal.code, error: refusal.error, bytes };
    await writeFile(join(folder, `${id}.json`), JSON.stringify(reason), {
      mode: 0o600,
      flag: 'wx',
    });
    kept.push({ id, bytes });
    await this.#trim(folder, kept);
    return true;
  }

  /** What earlier hosts kept counts too. */
  async #load(name: string): Promise<Kept[]> {
    const known = this.#kept.get(name);
    if (known) return known;
    const folder = join(this.#root, name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const ids = new Set((await readdir(folder)).map((file) => file.replace(/\.(file|json)$/, '')));
    const kept = await Promise.all(
      [...ids].sort().map(async (id) => ({ id, bytes: await sizeOf(join(folder, `${id}.file`)) })),
    );
    this.#kept.set(name, kept);
    return kept;
  }

  async #trim(folder: string, kept: Kept[]): Promise<void> {
    let bytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    while (kept.length > MAX_FILES || bytes > MAX_BYTES) {
      const oldest = kept.shift();
      if (!oldest) return;
      bytes -= oldest.bytes;
      await removeTree(join(folder, `${oldest.id}.file`));
      await rm(join(folder, `${oldest.id}.json`), { force: true });
    }
  }
}

/** 0 when there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}
