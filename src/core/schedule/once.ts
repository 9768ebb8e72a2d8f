import { fromWallTime } from './local-time.ts';

export type OnceCheck = { ok: true; at: number } | { ok: false; error: string };

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads a point in time: `2026-11-21T14:30`, seconds optional. With `Z` or an offset it is that instant,
 * without one the clocks of the zone show it. Fractions of a second are dropped.
 */
export function checkOnce(text: string, timeZone: string): OnceCheck {
  const match = FORM.exec(text.trim());
  if (match === null) {
    return {
      ok: false,
      error:
        'A time is written as "2026-11-21T14:30", in local time, or with an offset such as "Z" or "+02:00".',
    };
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) {
    return { ok: false, error: `There is no time ${match[4]}:${match[5]}:${match[6] ?? '00'}.` };
  }
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC turns 30 February into 2 March, and takes years below 100 for 19xx.
  if (new Date(wall).toISOString().slice(0, 10) !== match[0].slice(0, 10)) {
    return { ok: false, error: `There is no day ${match[0].slice(0, 10)}.` };
  }
  return applyOffset(wall, match[7], timeZone);
}

function applyOffset(wall: number, offset: string | undefined, timeZone: string): OnceCheck {
  if (offset === undefined) return { ok: true, at: fromWallTime(wall, timeZone) };
  if (offset.toUpperCase() === 'Z') return { ok: true, at: wall };
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 14 || minutes > 59) return { ok: false, error: `There is no offset ${offset}.` };
  const sign = offset.startsWith('-') ? -1 : 1;
  return { ok: true, at: wall - sign * (hours * 60 + minutes) * 60_000 };
}
