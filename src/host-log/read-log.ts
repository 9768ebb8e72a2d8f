import { FolderWatch } from './folder-watch.ts';
import { LogFile } from './log-file.ts';
import { LOG_FILES, logPath } from './log-files.ts';
import { openSuccessor } from './successor.ts';

/** A line of the log, or that everything which was there at the beginning has been read. */
export type LogRead = { type: 'line'; line: string } | { type: 'caught_up' };

/** The lines of all files, the oldest first, each once, whatever a host writes and puts aside meanwhile. */
export async function* readLog(folder: string): AsyncGenerator<LogRead> {
  const files = await openAll(folder);
  try {
    for (const file of files) yield* linesOf(file);
    yield { type: 'caught_up' };
  } finally {
    for (const file of files) await file[Symbol.asyncDispose]();
  }
}

/** The same, and then every line that a host adds, until the signal aborts. The folder has to be there. */
export async function* followLog(folder: string, signal: AbortSignal): AsyncGenerator<LogRead> {
  // Before anything is read, so that no change falls between reading and waiting.
  using changes = new FolderWatch(folder, signal);
  const files = await openAll(folder);
  let current = files.pop();
  try {
    for (const file of files) yield* linesOf(file);
    if (current !== undefined) yield* linesOf(current);
    yield { type: 'caught_up' };
    while (!signal.aborted) {
      const next = await nextFile(folder, current);
      if (current !== undefined) yield* linesOf(current);
      if (next === undefined) {
        await changes.changed();
      } else {
        await current?.[Symbol.asyncDispose]();
        current = next;
      }
    }
  } finally {
    for (const file of [...files, current]) await file?.[Symbol.asyncDispose]();
  }
}

async function nextFile(
  folder: string,
  current: LogFile | undefined,
): Promise<LogFile | undefined> {
  if (current !== undefined) return openSuccessor(folder, current);
  const [oldest, ...others] = await openAll(folder);
  for (const file of others) await file[Symbol.asyncDispose]();
  return oldest;
}

/** From the oldest to the newest. Opened the other way round: a file may become older meanwhile, never newer. */
async function openAll(folder: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (let age = 0; age < LOG_FILES; age += 1) {
    const file = await LogFile.open(logPath(folder, age));
    const isAnother = files.every(({ inode }) => inode !== file?.inode);
    if (file !== undefined && isAnother) files.unshift(file);
    else await file?.[Symbol.asyncDispose]();
  }
  return files;
}

async function* linesOf(file: LogFile): AsyncGenerator<LogRead> {
  for await (const line of file.readLines()) yield { type: 'line', line };
}
