import { expect, test } from 'vitest';
import { MAILBOX_ROWS } from './mailbox-rows.ts';
import { MailboxSite } from './mailbox-site.ts';
import { runRow } from './run-row.ts';

const PLAN = { rounds: 2, questions: 5 };

test.each(MAILBOX_ROWS)(
  '$id: $attack are stopped, and a quiet group is answered meanwhile',
  async (row) => {
    const result = await runRow(row, () => MailboxSite.open(), PLAN, new AbortController().signal);
    expect({ stopped: result.stopped, evidence: result.evidence }).toEqual({
      stopped: result.tried,
      evidence: result.evidence,
    });
    expect(result.attackP99Ms).toBeGreaterThan(0);
  },
);
