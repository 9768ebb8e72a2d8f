import type { Now } from '../clock.ts';
import {
  budgetNotice,
  dayOf,
  findOverrun,
  isPaused,
  PAUSED_NOTICE,
  tokensLeft,
} from '../core/budget.ts';
import { failureNotice } from '../core/failure-notice.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { RunUsage } from '../db/run-usage.ts';
import type { Run } from '../db/runs.ts';
import type { RunFailure } from './settle-run.ts';

export interface RefuseByBudgetDeps {
  readonly runUsage: RunUsage;
  readonly timeZoneOf: (chatJid: Jid) => string;
  readonly now: Now;
}

/** What the group's budget of tokens has left of its day; undefined when it has none. */
export function countTokensLeft(
  { runUsage, timeZoneOf, now }: RefuseByBudgetDeps,
  { jid, budget }: RegisteredGroup,
): number | undefined {
  if (budget?.tokensPerDay === undefined) return undefined;
  return tokensLeft(budget, runUsage.between(jid, dayOf(now(), timeZoneOf(jid))));
}

/**
 * Why no run of the group may start now; undefined when one may. Its sentence is said once a day, and again when the
 * limit is another one by then.
 */
export function refuseByBudget(
  { runUsage, timeZoneOf, now }: RefuseByBudgetDeps,
  { jid, budget }: RegisteredGroup,
): RunFailure | undefined {
  if (budget === undefined) return undefined;
  const timeZone = timeZoneOf(jid);
  const day = dayOf(now(), timeZone);
  const use = runUsage.between(jid, day);
  const overrun = findOverrun(budget, use);
  if (overrun === undefined) return undefined;
  const refusal = {
    reason: 'budget',
    detail: `${use.runs} runs and ${use.tokens} tokens on ${day.date}, ${overrun.limit} ${overrun.what} allowed`,
    noticeOrigin: `budget:${jid}:${day.date}:${overrun.what}:${overrun.limit}`,
  } as const;
  if (isPaused(budget)) return { ...refusal, notice: PAUSED_NOTICE };
  const notice = budgetNotice(overrun, day.until, timeZone);
  return { ...refusal, notice, retryAt: day.until };
}

/** A run that the budget has stopped in its middle says what one says that may not start, and as often. */
export function explainOutOfTokens(
  deps: RefuseByBudgetDeps & { readonly findGroup: (jid: Jid) => RegisteredGroup | undefined },
  { chatJid }: Pick<Run, 'chatJid'>,
  failure: RunFailure,
): RunFailure {
  const group = deps.findGroup(chatJid);
  const refusal = group && refuseByBudget(deps, group);
  // The day is over since it began, or its budget is another one.
  if (refusal === undefined)
    return { ...failure, notice: failureNotice(failure.reason, deps.timeZoneOf(chatJid)) };
  const { reason, detail } = failure;
  return { ...failure, ...refusal, reason, detail };
}
