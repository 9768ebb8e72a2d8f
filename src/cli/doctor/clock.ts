import { isTimeZone } from '../../core/schedule/local-time.ts';
import { lastReceivedAt } from '../../db/status-counts.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** When this version was written; no right clock shows an earlier time. */
const EARLIEST = Date.UTC(2026, 10, 1);
/** Clocks of two machines may differ by this much without harm. */
const TOLERANCE_MS = 5 * 60 * 1000;
const MEND =
  'Set the clock, best by switching on time synchronisation:\n$ sudo timedatectl set-ntp true';

export interface ClockFacts {
  readonly now: number;
  /** Of the installation. */
  readonly timeZone: string;
  /** Of the operating system. */
  readonly machineZone: string;
  readonly databasePath: string;
  /** Of servers that were asked something just now, unix milliseconds. */
  readonly serverTimes: readonly number[];
}

/** Whether the clock can be right: certificates, sign-ins and schedules depend on it. */
export function checkClock(facts: ClockFacts): Finding[] {
  return [checkTime(facts), ...checkZone(facts)];
}

function checkTime({ now, timeZone, databasePath, serverTimes }: ClockFacts): Finding {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
  const shown = `${new Date(now).toLocaleString('sv-SE', { timeZone: zone })} ${zone}`;
  if (now < EARLIEST) return problem('clock.old', `${shown} is long ago`, MEND);
  // One server may be wrong; the nearest clock is the best witness for ours.
  const [nearest] = serverTimes.toSorted((a, b) => Math.abs(a - now) - Math.abs(b - now));
  if (nearest !== undefined && Math.abs(nearest - now) > TOLERANCE_MS) {
    const detail = `${shown}, but servers have ${new Date(nearest).toISOString()}`;
    return problem('clock.skewed', detail, MEND);
  }
  const last = lastMessageAt(databasePath);
  if (last !== undefined && last > now + TOLERANCE_MS) {
    const detail = `${shown}, but a message came in at ${new Date(last).toISOString()}`;
    return problem('clock.behind', detail, MEND);
  }
  return ok('clock', shown);
}

/** The zones of groups and of the configuration are checked where they are read. */
function checkZone({ timeZone, machineZone }: ClockFacts): Finding[] {
  if (isTimeZone(machineZone) || timeZone !== machineZone) return [];
  const detail = `the time zone of this machine, "${machineZone}", is not known`;
  return [warning('clock.zone', detail, 'Name one in .env, such as TZ=Europe/Berlin.')];
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
