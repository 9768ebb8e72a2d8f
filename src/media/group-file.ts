import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from '../ipc/opened-folder.ts';

export type OpenFileOutcome =
  | { ok: true; file: FileHandle }
  | { ok: false; reason: 'bad_path' | 'missing' | 'unsafe' | 'empty' | 'too_large' };

const FILE_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAX_DEPTH = 16;

/**
 * Opens a file in a folder that an agent may change at any moment: folder after folder from the opened one,
 * no link followed, only a regular file with one name and 1 to `maxBytes` bytes.
 */
export async function openGroupFile(
  groupFolder: string,
  path: string,
  maxBytes: number,
): Promise<OpenFileOutcome> {
  const names = path.split('/');
  const name = names.pop() ?? '';
  const isPlain = (part: string) =>
    part !== '' && part !== '.' && part !== '..' && !part.includes('\0');
  if (![...names, name].every(isPlain) || names.length > MAX_DEPTH)
    return { ok: false, reason: 'bad_path' };
  try {
    await using stack = new AsyncDisposableStack();
    let folder = stack.use(await OpenedFolder.open(groupFolder));
    for (const part of names) folder = stack.use(await folder.openFolder(part));
    const file = await open(await folder.pathOf(name), FILE_FLAGS);
    const reason = await findFault(file, maxBytes);
    if (reason === undefined) return { ok: true, file };
    await file.close();
    return { ok: false, reason };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { ok: false, reason: 'missing' };
    if (isErrno(error, 'ELOOP', 'ENOTDIR', 'ENXIO', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENODEV'))
      return { ok: false, reason: 'unsafe' };
    throw error;
  }
}

async function findFault(
  file: FileHandle,
  maxBytes: number,
): Promise<'unsafe' | 'empty' | 'too_large' | undefined> {
  const found = await file.stat();
  if (!found.isFile() || found.nlink !== 1) return 'unsafe';
  if (found.size === 0) return 'empty';
  return found.size > maxBytes ? 'too_large' : undefined;
}
