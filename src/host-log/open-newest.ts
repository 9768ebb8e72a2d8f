import { fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { logPath } from './log-files.ts';

const NEWLINE = 0x0a;

/** Opens `host.log` for appending, for its owner alone. A line that a killed host left unfinished is ended. */
export async function openNewest(folder: string): Promise<{ file: FileHandle; size: number }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const file = await open(logPath(folder, 0), 'a+', 0o600);
  try {
    await file.chmod(0o600);
    const { size } = await file.stat();
    if (size === 0 || (await lastByte(file, size)) === NEWLINE) return { file, size };
    await file.write('\n');
    return { file, size: size + 1 };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same for a process that ends at this moment: gives a descriptor, which ends with it. */
export function openNewestSync(folder: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const descriptor = openSync(logPath(folder, 0), 'a', 0o600);
  // Readers pass over the empty line that this makes where no line was left unfinished.
  if (fstatSync(descriptor).size > 0) writeSync(descriptor, '\n');
  return descriptor;
}

async function lastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}

/** Makes every file one older; the oldest goes. */
export async function shiftFiles(folder: string, files: number): Promise<void> {
  for (let age = files - 1; age > 0; age -= 1) {
    try {
      await rename(logPath(folder, age - 1), logPath(folder, age));
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}
