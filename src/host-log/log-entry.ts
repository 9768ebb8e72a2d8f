import { z } from 'zod';
import { parseJson } from '../core/parse-json.ts';

const entrySchema = z.looseObject({
  /** pino's number: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  level: z.number(),
  /** Unix milliseconds. */
  time: z.number(),
  msg: z.string().default(''),
});

/** One line of the log. What is beside level, time and message is in `fields`. */
export interface LogEntry {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Undefined for what a killed host left of a line. */
export function parseLogLine(line: string): LogEntry | undefined {
  const parsed = entrySchema.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const { level, time, msg, ...fields } = parsed.data;
  return { level, time, msg, fields };
}
