import { stat } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { LogFile } from './log-file.ts';
import { LOG_FILES, logPath } from './log-files.ts';

/**
 * The file that was begun after `current`; undefined while that is the newest, or the next one is about to be made.
 * Once there is one, nothing is added to `current` any more.
 */
export async function openSuccessor(
  folder: string,
  current: LogFile,
): Promise<LogFile | undefined> {
  for (;;) {
    const age = await findAge(folder, current);
    if (age === 0) return undefined;
    const next = await openBefore(folder, age);
    // The files may have become older between looking and opening.
    if (next === undefined || (await findAge(folder, current)) === age) return next;
    await next[Symbol.asyncDispose]();
  }
}

/** The newest file that there is before an age. */
async function openBefore(folder: string, age: number): Promise<LogFile | undefined> {
  for (let before = age - 1; before >= 0; before -= 1) {
    const file = await LogFile.open(logPath(folder, before));
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Of a file that has been removed meanwhile: that of the youngest one that is older. */
async function findAge(folder: string, current: LogFile): Promise<number> {
  const since = await current.modifiedAt();
  let oldest = 0;
  for (let age = 0; age < LOG_FILES; age += 1) {
    const found = await lookAt(logPath(folder, age));
    if (found?.inode === current.inode) return age;
    if (found !== undefined && found.modifiedAt >= since) oldest = age + 1;
  }
  return oldest;
}

async function lookAt(path: string): Promise<{ inode: bigint; modifiedAt: bigint } | undefined> {
  try {
    const { ino, mtimeNs } = await stat(path, { bigint: true });
    return { inode: ino, modifiedAt: mtimeNs };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
