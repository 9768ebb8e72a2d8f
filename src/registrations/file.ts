import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrno } from '../errno.ts';

/** Far above any real file (about 300 bytes per group); a larger one is a mistake. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Of chance in a temporary name. */
const TEMPORARY_BYTES = 6;

export type FileText =
  | { status: 'read'; text: string }
  | { status: 'missing' }
  | { status: 'unreadable'; reason: string };

export async function readFileText(path: string): Promise<FileText> {
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    if (size > MAX_FILE_BYTES) {
      return { status: 'unreadable', reason: `is larger than ${MAX_FILE_BYTES} bytes` };
    }
    const bytes = await handle.readFile();
    return { status: 'read', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isErrno(error, 'ENOENT')) return { status: 'missing' };
    const isEncoding = error instanceof TypeError;
    return { status: 'unreadable', reason: isEncoding ? 'is not UTF-8' : error.message };
  }
}

/** Replaces the file in one step and durably; readers see the old text or the new one. Mode 0600. The folder must exist. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(TEMPORARY_BYTES).toString('hex')}.tmp`;
  try {
    {
      await using handle = await open(temporary, 'wx', 0o600);
      await handle.writeFile(text);
      await handle.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}

/** Removes what writers that were killed have left. Nobody else may be writing the file. */
export async function removeUnfinished(path: string): Promise<void> {
  const isUnfinished = (name: string) =>
    name.startsWith(`${basename(path)}.`) &&
    /^[0-9a-f]{12}\.tmp$/.test(name.slice(basename(path).length + 1));
  for (const name of (await readdir(dirname(path))).filter(isUnfinished)) {
    await rm(join(dirname(path), name), { force: true });
  }
}
