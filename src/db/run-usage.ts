import type { BudgetUse } from '../core/budget.ts';
import type { Jid } from '../core/message.ts';
import type { Db } from './database.ts';

export type RunUsage = ReturnType<typeof createRunUsage>;

/** What the runs of a chat have used. */
export function createRunUsage(db: Db) {
  // Runs of before there were attempts have their tokens in their own row.
  const between = db.prepare<[{ chatJid: string; from: number; until: number }], BudgetUse>(`
    select count(*) as runs, cast(total(coalesce(
      (select sum(ifnull(a.input_tokens, 0) + ifnull(a.output_tokens, 0))
       from run_attempts a where a.run_id = r.id),
      r.input_tokens + r.output_tokens)) as integer) as tokens
    from runs r
    where chat_jid = :chatJid and created_at >= :from and created_at < :until
      and reason is not 'budget'`);
  return {
    /**
     * Of the runs, of whatever kind, that were opened from a time to before another, unix milliseconds. What was
     * refused because of the budget is none.
     */
    between: (chatJid: Jid, { from, until }: { from: number; until: number }): BudgetUse =>
      between.get({ chatJid, from, until }) ?? { runs: 0, tokens: 0 },
  };
}
