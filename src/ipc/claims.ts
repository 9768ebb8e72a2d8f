import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
import { REQUEST_BOXES, type RequestBox } from './command.ts';
import type { OpenedFolder } from './opened-folder.ts';

export interface Claim {
  readonly box: RequestBox;
  readonly name: string;
  /** Where it lies, in a folder that no container sees. */
  readonly path: string;
}

/** `data/ipc-claimed/<folder>/<box>/`: requests taken out of the mailbox whose handling is not finished. */
export class Claims {
  readonly #root: string;

  constructor(claimedRoot: string, folder: string) {
    this.#root = join(claimedRoot, folder);
  }

  async ensure(): Promise<void> {
    for (const box of REQUEST_BOXES) {
      await mkdir(join(this.#root, box), { recursive: true, mode: 0o700 });
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
    const perBox = await Promise.all(
      REQUEST_BOXES.map(async (box) => {
        const names = (await readdir(join(this.#root, box))).sort();
        return names.map((name) => ({ box, name, path: join(this.#root, box, name) }));
      }),
    );
    return perBox.flat();
  }

  async finish(claim: Claim): Promise<void> {
    await rm(claim.path, { force: true });
  }
}
