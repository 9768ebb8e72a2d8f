import { lastReceivedAt } from '../../db/status-counts.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { type Finding, ok, problem } from './finding.ts';

/** When this version was written; no right clock shows an earlier time. */
const EARLIEST = Date.UTC(2026, 10, 1);
/** Clocks of two machines may differ by this much without harm. */
const TOLERANCE_MS = 5 * 60 * 1000;

/** Whether the clock can be right: certificates, sign-ins and schedules depend on it. */
export function checkClock(now: number, timeZone: string, databasePath: string): Finding {
  const shown = `${new Date(now).toLocaleString('sv-SE', { timeZone })} ${timeZone}`;
  const mend = 'Set the clock, best by switching on time synchronisation (NTP).';
  if (now < EARLIEST) return problem('clock', `${shown} is long ago`, mend);
  const last = lastMessageAt(databasePath);
  if (last !== undefined && last > now + TOLERANCE_MS) {
    const detail = `${shown}, but a message came in at ${new Date(last).toISOString()}`;
    return problem('clock', detail, mend);
  }
  return ok('clock', shown);
}

function lastMessageAt(path: string): number | undefined {
  try {
    return readDatabase(path, lastReceivedAt);
  } catch (error) {
    // A database that cannot be read has a finding of its own.
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
