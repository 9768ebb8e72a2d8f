import { styleText } from 'node:util';
import { z } from 'zod';
import { clockText } from '../../core/schedule/clock-text.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { type LogEntry, parseLogLine } from '../../host-log/log-entry.ts';
import { levelName } from './options.ts';

const LEVEL_WIDTH = 5;

/** A line for people: time, level, message, and what else is in it as `name=value`. */
export function renderLine(line: string, timeZone: string, hasColours: boolean): string {
  const entry = parseLogLine(line);
  if (entry === undefined) return `? ${terminalText(line)}\n`;
  const { day, time } = clockText(entry.time, timeZone);
  const fields = Object.entries(entry.fields).map(describeField);
  const parts = [
    `${day.slice(-5)} ${time} ${paintLevel(entry, hasColours)} ${terminalText(entry.msg)}`,
    ...fields,
  ];
  return `${parts.join('  ')}\n`;
}

function paintLevel({ level }: LogEntry, hasColours: boolean): string {
  const name = levelName(level).toUpperCase().padEnd(LEVEL_WIDTH);
  if (!hasColours || level < 40) return name;
  return styleText(level < 50 ? 'yellow' : 'red', name, { validateStream: false });
}

function describeField([name, value]: [string, unknown]): string {
  return `${terminalText(name)}=${terminalText(describeValue(value))}`;
}

/** An error as pino writes it. */
const errorSchema = z.object({ type: z.string(), message: z.string() });

function describeValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s="]+$/.test(value)) return value;
  const error = errorSchema.safeParse(value);
  if (error.success) return JSON.stringify(`${error.data.type}: ${error.data.message}`);
  return JSON.stringify(value) ?? '';
}
