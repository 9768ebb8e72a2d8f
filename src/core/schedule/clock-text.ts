import { formatLocal, toWallTime } from './local-time.ts';

const DAY_CHARS = 'Sat 2026-11-21'.length;

/** Day and clock time of a zone for people: `{ day: 'Sat 2026-11-21', time: '14:03:05' }`. `at` is unix milliseconds. */
export function clockText(at: number, timeZone: string): { day: string; time: string } {
  const time = new Date(toWallTime(at, timeZone)).toISOString().slice(11, 19);
  return { day: formatLocal(at, timeZone).slice(0, DAY_CHARS), time };
}
