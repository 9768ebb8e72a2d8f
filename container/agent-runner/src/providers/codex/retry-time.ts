const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_MS = 86_400_000;

/** "try again at 4:41 AM" or "try again at Nov 24th, 2026 3:41 AM", in the zone of the process. */
const PATTERN =
  /try again at (?:(?<month>[A-Z][a-z]{2}) (?<day>\d{1,2})(?:st|nd|rd|th)?, (?<year>\d{4}) )?(?<hour>\d{1,2}):(?<minute>\d{2}) (?<half>AM|PM)/;

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
function zoneOffset(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return wall - Math.floor(instant / 60_000) * 60_000;
}

/** The instant at which the zone's clock shows what `wall` shows in UTC. */
function fromWallClock(wall: number, timeZone: string): number {
  const guess = wall - zoneOffset(wall, timeZone);
  return wall - zoneOffset(guess, timeZone);
}

/** When the message says that the limit ends, unix milliseconds; undefined when it does not say. */
export function findRetryTime(message: string, timeZone: string, now: number): number | undefined {
  const groups = PATTERN.exec(message)?.groups;
  if (!groups) return undefined;
  const { month, day, year, hour, minute, half } = groups;
  const time = ((Number(hour) % 12) + (half === 'PM' ? 12 : 0)) * 60 + Number(minute);
  if (month !== undefined) {
    const date = Date.UTC(Number(year), MONTHS.indexOf(month.toLowerCase()), Number(day));
    return fromWallClock(date + time * 60_000, timeZone);
  }
  const today = Math.floor((now + zoneOffset(now, timeZone)) / DAY_MS) * DAY_MS;
  const next = fromWallClock(today + time * 60_000, timeZone);
  return next < now - 60_000 ? fromWallClock(today + DAY_MS + time * 60_000, timeZone) : next;
}
