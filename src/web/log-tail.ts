import { open } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../core/parse-json.ts';
import { isErrno } from '../errno.ts';

/** More than the lines that are shown; of a longer file only the end is read. */
const MAX_TAIL_BYTES = 256 * 1024;

/** pino's numbers: 30 info, 40 warn, 50 error, 60 fatal. */
const lineSchema = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
});

export interface LogLine {
  readonly level: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly message: string;
  /** The other fields as JSON; empty when there are none. */
  readonly fields: string;
}

/** The newest lines of at least a level, the newest last. Lines that are no log lines are left out. */
export async function readLogTail(
  path: string,
  { count, minLevel }: { count: number; minLevel: number },
): Promise<LogLine[]> {
  const lines = (await readEnd(path)).split('\n').flatMap(toLine);
  return lines.filter(({ level }) => level >= minLevel).slice(-count);
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

function toLine(text: string): LogLine[] {
  const parsed = lineSchema.safeParse(parseJson(text));
  if (!parsed.success) return [];
  const { level, time, msg, ...rest } = parsed.data;
  const fields = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest);
  return [{ level, time, message: msg, fields }];
}
