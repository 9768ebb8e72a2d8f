import { type BudgetUse, dayOf } from '../../core/budget.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { Db } from '../../db/database.ts';
import { createRunUsage } from '../../db/run-usage.ts';

/** What a group has used on this day of its own zone. `now` in unix milliseconds. */
export function usageToday(
  db: Db,
  group: Pick<RegisteredGroup, 'jid' | 'timeZone'>,
  timeZone: string,
  now: number,
): BudgetUse {
  return createRunUsage(db).between(group.jid, dayOf(now, group.timeZone ?? timeZone));
}
