import { type LogEntry, parseLogLine } from '../../host-log/log-entry.ts';

export interface Selection {
  /** Lowest level, as pino's number. */
  readonly level?: number;
  /** Unix milliseconds. */
  readonly since?: number;
  /** A run's id or its beginning, with or without its `run-`. */
  readonly run?: string;
}

/** Whether nothing is left out, not even what a killed host left of a line. */
export function isEverything(selection: Selection): boolean {
  return Object.keys(selection).length === 0;
}

/** Whether a line is wanted. What cannot be understood is only by those who want everything. */
export function isSelected(line: string, selection: Selection): boolean {
  // Most of a log is never shown, and need not be understood.
  if (isEverything(selection)) return true;
  const entry = parseLogLine(line);
  return entry !== undefined && isWanted(entry, selection);
}

function isWanted({ level, time, fields }: LogEntry, wanted: Selection): boolean {
  if (wanted.level !== undefined && level < wanted.level) return false;
  if (wanted.since !== undefined && time < wanted.since) return false;
  if (wanted.run === undefined) return true;
  const { runId } = fields;
  if (typeof runId !== 'string') return false;
  return runId.startsWith(wanted.run) || runId.startsWith(`run-${wanted.run}`);
}
