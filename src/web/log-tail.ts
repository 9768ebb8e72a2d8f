import { open } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { type LogEntry, parseLogLine } from '../host-log/log-entry.ts';
import { logPath } from '../host-log/log-files.ts';

/** More than the lines that are shown; of a longer file only the end is read. */
const MAX_TAIL_BYTES = 256 * 1024;

/**
 * The newest lines of at least a level, the newest last, from the two newest files of a folder. What is no line of a
 * log is left out.
 */
export async function readLogTail(
  folder: string,
  { count, minLevel }: { count: number; minLevel: number },
): Promise<LogEntry[]> {
  // One may have been begun this moment.
  const text = (await readEnd(logPath(folder, 1))) + (await readEnd(logPath(folder, 0)));
  const entries = text.split('\n').map(parseLogLine);
  return entries
    .filter((entry): entry is LogEntry => entry !== undefined && entry.level >= minLevel)
    .slice(-count);
}

async function readEnd(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const length = Math.min(size, MAX_TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}
