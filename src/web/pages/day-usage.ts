import type { RegisteredGroup } from '../../core/group.ts';
import { fromWallTime, toWallTime } from '../../core/schedule/local-time.ts';
import type { Db } from '../../db/database.ts';
import { createRunHistory } from '../../db/run-history.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Of one calendar day. */
export interface DayUsage {
  readonly runs: number;
  /** Input and output. */
  readonly tokens: number;
}

/** What a group has used since midnight of its own zone. `now` in unix milliseconds. */
export function usageToday(
  db: Db,
  group: Pick<RegisteredGroup, 'jid' | 'timeZone'>,
  timeZone: string,
  now: number,
): DayUsage {
  const zone = group.timeZone ?? timeZone;
  const wall = toWallTime(now, zone);
  const midnight = fromWallTime(wall - (wall % DAY_MS), zone);
  const runs = createRunHistory(db).since(group.jid, midnight);
  const tokens = runs.reduce((sum, run) => sum + run.inputTokens + run.outputTokens, 0);
  return { runs: runs.length, tokens };
}
