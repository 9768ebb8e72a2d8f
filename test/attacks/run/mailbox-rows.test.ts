import { expect, test } from 'vitest';
import { expectStopped } from '../expect-stopped.ts';
import { MAILBOX_ROWS } from './mailbox-rows.ts';
import { MailboxSite } from './mailbox-site.ts';
import { runRow } from './run-row.ts';

const PLAN = { rounds: 1, questions: 3 };
/** The tests of the attacks themselves make the others, each of them thousands of times. */
const ROWS = MAILBOX_ROWS.filter(({ id }) => ['T4', 'T6', 'T7'].includes(id));

test.each(ROWS)(
  '$id: $attack are stopped, and a quiet group is answered meanwhile',
  async (row) => {
    await using site = await MailboxSite.open();
    const result = await runRow(row, site, PLAN, new AbortController().signal);
    expectStopped(result);
    expect(result.attackP99Ms).toBeGreaterThan(0);
  },
);

const PRESSED = MAILBOX_ROWS.filter((row) => !ROWS.includes(row));

test.each(PRESSED)('$id: a quiet group is answered during $attack', async (row) => {
  await using site = await MailboxSite.open();
  const over = new AbortController();
  const pressing = row.press(site, over.signal);
  expect(await site.ask(over.signal)).toBeGreaterThan(0);
  over.abort();
  await pressing;
});
