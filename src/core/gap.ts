import { formatLocal } from './schedule/local-time.ts';

/** A link that was down for no longer than this was not away. */
export const GAP_MS = 5 * 60_000;

/** A local time ends in `14:03`. */
const TIME_CHARS = 5;

/** When nobody could reach the assistant, unix milliseconds. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * The time since the link was last known to be open, when it was long enough to count. None without such a time, and
 * none when that lies ahead, since the clock was set back then.
 */
export function gapSince(lastOpenAt: number | undefined, now: number): Gap | undefined {
  if (lastOpenAt === undefined || now - lastOpenAt <= GAP_MS) return undefined;
  return { from: lastOpenAt, to: now };
}

/** Whether a question has become too old to be answered unasked. `freshMs` 0: none ever does. */
export function isStale(sentAt: number, now: number, freshMs: number): boolean {
  return freshMs > 0 && now - sentAt > freshMs;
}

/** What a chat is told of its questions that came in too late, in its own time zone. */
export function gapNotice(gap: Gap, staleCount: number, timeZone: string): string {
  const from = formatLocal(gap.from, timeZone);
  const to = formatLocal(gap.to, timeZone);
  const isOneDay = from.slice(0, -TIME_CHARS) === to.slice(0, -TIME_CHARS);
  const [start, end] = isOneDay ? [from.slice(-TIME_CHARS), to.slice(-TIME_CHARS)] : [from, to];
  const questions =
    staleCount === 1
      ? '1 question came in meanwhile that is too old now; ask again if it still matters.'
      : `${staleCount} questions came in meanwhile that are too old now; ask again if they still matter.`;
  return `I was not reachable from ${start} to ${end}. ${questions}`;
}
