import type { Budget } from './group.ts';
import { formatLocal, fromWallTime, toWallTime } from './schedule/local-time.ts';

const DAY_MS = 86_400_000;

/** A calendar day of some zone, from its first instant to before its end, unix milliseconds. */
export interface CalendarDay {
  /** `2026-11-21` */
  readonly date: string;
  readonly from: number;
  readonly until: number;
}

/** The day on which an instant (unix milliseconds) falls; where clocks are set it is shorter or longer than others. */
export function dayOf(at: number, timeZone: string): CalendarDay {
  const midnight = Math.floor(toWallTime(at, timeZone) / DAY_MS) * DAY_MS;
  return {
    date: new Date(midnight).toISOString().slice(0, 10),
    from: fromWallTime(midnight, timeZone),
    until: fromWallTime(midnight + DAY_MS, timeZone),
  };
}

/** What a group has used on one day. */
export interface BudgetUse {
  readonly runs: number;
  /** Input and output, of all attempts. */
  readonly tokens: number;
}

/** What is used up, and of how much. */
export interface Overrun {
  readonly what: 'runs' | 'tokens';
  readonly limit: number;
}

/** Undefined when another run may start. */
export function findOverrun(
  { runsPerDay, tokensPerDay }: Budget,
  { runs, tokens }: BudgetUse,
): Overrun | undefined {
  if (runsPerDay !== undefined && runs >= runsPerDay) return { what: 'runs', limit: runsPerDay };
  if (tokensPerDay !== undefined && tokens >= tokensPerDay) {
    return { what: 'tokens', limit: tokensPerDay };
  }
  return undefined;
}

/** How many more tokens the day has; undefined without a limit. */
export function tokensLeft(
  budget: Budget | undefined,
  use: Pick<BudgetUse, 'tokens'>,
): number | undefined {
  const limit = budget?.tokensPerDay;
  return limit === undefined ? undefined : Math.max(0, limit - use.tokens);
}

/** A budget of nothing, which no other day mends. */
export function isPaused({ runsPerDay, tokensPerDay }: Budget): boolean {
  return runsPerDay === 0 || tokensPerDay === 0;
}

/** What a chat is told once a day: one sentence with when the assistant works again (unix milliseconds). */
export function budgetNotice({ what, limit }: Overrun, until: number, timeZone: string): string {
  const unit = limit === 1 ? what.slice(0, -1) : what;
  const amount = `${limit.toLocaleString('en-US')} ${unit}`;
  return `This chat has used up its ${amount} for today, so I answer again from ${formatLocal(until, timeZone)} on.`;
}

/** What a chat is told once a day when it has no budget at all. */
export const PAUSED_NOTICE =
  'I am paused in this chat; whoever runs me can change that with `deckhand groups set`.';
