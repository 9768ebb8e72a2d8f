import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusalCodeSchema } from '@deckhand/protocol';
import { z } from 'zod';
import { parseJson } from '../core/parse-json.ts';
import { isErrno } from '../errno.ts';
import { REQUEST_BOXES, type Refusal, type RequestBox } from './command.ts';
import type { OpenedFolder } from './opened-folder.ts';
import { temporaryName } from './temporary-file.ts';

export interface Claim {
  readonly box: RequestBox;
  readonly name: string;
  /** Where it lies, in a folder that no container sees. */
  readonly path: string;
  /** What was decided about it and perhaps not told. */
  readonly refusal?: Refusal;
}

/** Beside the boxes, and with boxes of its own. */
const REFUSED = 'refused';

const refusalSchema = z.object({ code: refusalCodeSchema, error: z.string() });

/**
 * `data/ipc-claimed/<folder>/<box>/`: requests taken out of the mailbox whose handling is not finished.
 * `data/ipc-claimed/<folder>/refused/<box>/`: under the same names, as JSON, what of them is refused.
 */
export class Claims {
  readonly #root: string;

  constructor(claimedRoot: string, folder: string) {
    this.#root = join(claimedRoot, folder);
  }

  /** Makes the folders, and removes what a host that died has left half written. */
  async ensure(): Promise<void> {
    for (const box of REQUEST_BOXES) {
      await mkdir(join(this.#root, box), { recursive: true, mode: 0o700 });
      await mkdir(join(this.#root, REFUSED, box), { recursive: true, mode: 0o700 });
    }
    const entries = await readdir(join(this.#root, REFUSED), { withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile()) await rm(join(entry.parentPath, entry.name), { force: true });
    }
  }

  /** Moves a request out of the agent's reach; undefined when it is gone. */
  async take(from: OpenedFolder, box: RequestBox, name: string): Promise<Claim | undefined> {
    const path = join(this.#root, box, name);
    try {
      await rename(await from.pathOf(name), path);
      return { box, name, path };
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async list(): Promise<Claim[]> {
    const claims: Claim[] = [];
    for (const box of REQUEST_BOXES) {
      const claimed = new Set(await readdir(join(this.#root, box)));
      const refused = await readdir(join(this.#root, REFUSED, box));
      for (const name of [...claimed.union(new Set(refused))].sort()) {
        const refusal = await this.#readRefusal(box, name);
        const claim = { box, name, path: join(this.#root, box, name) };
        if (refusal !== undefined) claims.push({ ...claim, refusal });
        else if (claimed.has(name)) claims.push(claim);
      }
    }
    return claims;
  }

  /** Keeps a decision until `finish`: no later host decides otherwise, or leaves it untold. */
  async refuse({ box, name }: Claim, { code, error }: Refusal): Promise<void> {
    const temporary = join(this.#root, REFUSED, temporaryName());
    await writeFile(temporary, JSON.stringify({ code, error }), { mode: 0o600 });
    await rename(temporary, this.#refusalOf(box, name));
  }

  /** The decision goes last: without it a request that is still there would be decided again. */
  async finish({ box, name, path, refusal }: Claim): Promise<void> {
    await rm(path, { force: true });
    if (refusal !== undefined) await rm(this.#refusalOf(box, name), { force: true });
  }

  /** Undefined when there is none. One that a power cut has spoiled is removed, and its request decided again. */
  async #readRefusal(box: RequestBox, name: string): Promise<Refusal | undefined> {
    try {
      const text = await readFile(this.#refusalOf(box, name), 'utf8');
      const read = refusalSchema.safeParse(parseJson(text));
      if (read.success) return read.data;
      await rm(this.#refusalOf(box, name), { force: true });
      return undefined;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  #refusalOf(box: RequestBox, name: string): string {
    return join(this.#root, REFUSED, box, name);
  }
}
