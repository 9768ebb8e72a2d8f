import type { Stats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type MountAllowlist, mountAllowlistSchema } from '../core/extra-mounts.ts';
import { isWithin } from '../core/host-places.ts';
import { readAtMost } from '../safe-file.ts';
import { errorText } from './docker-errors.ts';
import { MountRefusedError } from './mount-refused-error.ts';

/** Far more than any list of folders takes. */
const MAX_BYTES = 1024 * 1024;
const OTHERS_MAY_WRITE = 0o022;

export interface AllowlistSurroundings {
  /** User that the host runs as; undefined where files have no such owner. */
  readonly uid: number | undefined;
  /** Real paths of folders that agents see parts of: the list must not lie in them. */
  readonly forbidden: readonly string[];
}

/**
 * Reads the allowlist of mounts. It decides which folders of this machine agents see, so it must be its owner's alone:
 * a list that another user owns or may write, or may exchange in its folder, is refused, and so is one that lies where
 * agents might come. Throws a MountRefusedError that says what to do.
 */
export async function readMountAllowlist(
  file: string,
  { uid, forbidden }: AllowlistSurroundings,
): Promise<{ allowlist: MountAllowlist; realPath: string }> {
  const { text, realPath } = await readOwn(file, uid);
  const place = forbidden.find((folder) => isWithin(realPath, folder));
  if (place !== undefined)
    throw new MountRefusedError(
      `the allowlist ${file} must not lie in ${place}: move it elsewhere`,
    );
  try {
    return { allowlist: mountAllowlistSchema.parse(JSON.parse(text)), realPath };
  } catch (error) {
    throw new MountRefusedError(`the allowlist ${file} is not valid: ${errorText(error)}`);
  }
}

async function readOwn(
  file: string,
  uid: number | undefined,
): Promise<{ text: string; realPath: string }> {
  try {
    const realPath = await realpath(file);
    await using handle = await open(realPath, 'r');
    const opened = await handle.stat();
    if (!opened.isFile()) throw new MountRefusedError(`the allowlist ${file} is no file`);
    checkOwner(realPath, opened, uid);
    checkOwner(dirname(realPath), await stat(dirname(realPath)), uid);
    const bytes = await readAtMost(handle, MAX_BYTES);
    if (bytes === undefined) throw new MountRefusedError(`the allowlist ${file} is too large`);
    return { text: bytes.toString('utf8'), realPath };
  } catch (error) {
    if (error instanceof MountRefusedError) throw error;
    throw new MountRefusedError(`extra mounts need the allowlist ${file}: ${errorText(error)}`);
  }
}

function checkOwner(path: string, { uid: owner, mode }: Stats, uid: number | undefined): void {
  if (uid === undefined) return;
  if (owner !== uid && owner !== 0)
    throw new MountRefusedError(
      `${path} belongs to another user (${owner}): the allowlist and its folder must be yours`,
    );
  if ((mode & OTHERS_MAY_WRITE) !== 0)
    throw new MountRefusedError(`${path} may be written by other users: run chmod go-w "${path}"`);
}
