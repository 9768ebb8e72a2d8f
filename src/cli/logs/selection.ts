import { type LogEntry, parseLogLine } from '../../host-log/log-entry.ts';

export interface Selection {
  /** Lowest level, as pino's number. */
  readonly level?: number;
  /** Unix milliseconds. */
  readonly since?: number;
  /** A run's id or its beginning, with or without its `run-`. */
  readonly run?: string;
}

export interface SelectedLine {
  readonly line: string;
  /** Absent for what a killed host left of a line. */
  readonly entry?: LogEntry;
}

/** The line when it is wanted. What cannot be understood is shown only to those who want everything. */
export function selectLine(line: string, selection: Selection): SelectedLine | undefined {
  const entry = parseLogLine(line);
  if (entry === undefined) return Object.keys(selection).length === 0 ? { line } : undefined;
  return isWanted(entry, selection) ? { line, entry } : undefined;
}

function isWanted({ level, time, fields }: LogEntry, wanted: Selection): boolean {
  if (wanted.level !== undefined && level < wanted.level) return false;
  if (wanted.since !== undefined && time < wanted.since) return false;
  if (wanted.run === undefined) return true;
  const { runId } = fields;
  if (typeof runId !== 'string') return false;
  return runId.startsWith(wanted.run) || runId.startsWith(`run-${wanted.run}`);
}
