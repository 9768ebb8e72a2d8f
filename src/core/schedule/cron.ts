import { Cron } from 'croner';
import { fromWallTime, recentGapMs, toWallTime } from './local-time.ts';

export type CronCheck = { ok: true; expression: string } | { ok: false; error: string };

/** Of croner's syntax only what cron itself knows, so that a schedule means the same elsewhere. */
const FIELD = /^(?:\*|\d+|[a-z]{3})(?:[-,/](?:\*|\d+|[a-z]{3}))*$/i;

/** Checks a five-field cron expression: minute, hour, day of the month, month, day of the week. */
export function checkCron(text: string): CronCheck {
  const fields = text.trim().split(/\s+/);
  const expression = fields.join(' ');
  if (fields.length === 6) {
    return {
      ok: false,
      error: 'A cron expression has five fields; seconds are not supported. Leave the first out.',
    };
  }
  if (fields.length !== 5) {
    return {
      ok: false,
      error:
        'A cron expression has five fields: minute, hour, day of month, month, day of week. Example: "0 9 * * 1-5".',
    };
  }
  if (!fields.every((field) => FIELD.test(field))) {
    return {
      ok: false,
      error:
        'A cron expression may hold numbers, names such as MON and JAN, "*", ",", "-" and "/".',
    };
  }
  return parse(expression);
}

function parse(expression: string): CronCheck {
  try {
    if (nextWall(openCron(expression), 0) !== undefined) return { ok: true, expression };
    return { ok: false, error: `"${expression}" never comes: no month has that day.` };
  } catch (error) {
    // croner throws TypeError and RangeError for what it cannot read.
    if (!(error instanceof Error)) throw error;
    const reason = error.message.replace(/^CronPattern: /, '').replace(/\.$/, '');
    return { ok: false, error: `"${expression}" is not a cron expression: ${reason}.` };
  }
}

/** In UTC, so that it reckons with plain clock times; the zone is applied here, see {@link nextCronSlot}. */
function openCron(expression: string): Cron {
  return new Cron(expression, { timezone: 'UTC', mode: '5-part' });
}

function nextWall(cron: Cron, after: number): number | undefined {
  return cron.nextRun(new Date(after))?.getTime();
}

/**
 * The first slot after an instant, unix milliseconds. Each clock time that the expression names is one slot:
 * one that a zone shows twice comes at the first, one that it skips comes later by as much as clocks are set
 * forward, and slots that fall together by that are one.
 */
export function nextCronSlot(
  expression: string,
  timeZone: string,
  after: number,
): number | undefined {
  const cron = openCron(expression);
  let best: number | undefined;
  let wall = nextWall(cron, toWallTime(after, timeZone) - recentGapMs(after, timeZone) - 1);
  while (wall !== undefined) {
    const at = fromWallTime(wall, timeZone);
    if (at > after && (best === undefined || at < best)) best = at;
    // Skipped clock times come late: one behind them may still be the earlier slot.
    if (best !== undefined && wall >= toWallTime(best, timeZone)) return best;
    wall = nextWall(cron, wall);
  }
  return best;
}
