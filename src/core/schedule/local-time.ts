const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * A clock time of some zone, written as the unix milliseconds at which a clock in UTC shows it. So it can be
 * reckoned with as long as no zone is involved.
 */
export type WallTime = number;

/** Making a formatter costs fifty times what using it does; there are some 400 zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

/** What the clocks of an IANA zone show at an instant (unix milliseconds), to the millisecond. */
export function toWallTime(at: number, timeZone: string): WallTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const ms = ((at % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

function offsetAt(at: number, timeZone: string): number {
  return toWallTime(at, timeZone) - at;
}

/**
 * The instant (unix milliseconds) at which the clocks of a zone show a time. A time that is shown twice, when
 * clocks are set back, is the first of the two; one that is never shown, when they are set forward, is later
 * by as much as they are set.
 */
export function fromWallTime(wall: WallTime, timeZone: string): number {
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  if (before === after) return wall - before;
  const shown = [wall - before, wall - after].filter((at) => toWallTime(at, timeZone) === wall);
  return shown.length > 0 ? Math.min(...shown) : wall - before;
}

/** By how much the clocks were set forward in the last three hours; 0 when they were not, or back. */
export function recentGapMs(at: number, timeZone: string): number {
  return Math.max(0, offsetAt(at, timeZone) - offsetAt(at - 3 * HOUR_MS, timeZone));
}

/** Local time for people: `Sat 2026-11-21 14:03`. `at` is unix milliseconds. */
export function formatLocal(at: number, timeZone: string): string {
  const wall = new Date(toWallTime(at, timeZone));
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][wall.getUTCDay()];
  return `${day} ${wall.toISOString().slice(0, 16).replace('T', ' ')}`;
}

export function isTimeZone(name: string): boolean {
  try {
    return formatFor(name).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
