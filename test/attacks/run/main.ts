import type { RowResult } from './attack-row.ts';
import { MAILBOX_ROWS } from './mailbox-rows.ts';
import { MailboxSite } from './mailbox-site.ts';
import { ATTACKS_HELP, readOptions } from './options.ts';
import { renderJson, renderText } from './render.ts';
import { runRow } from './run-row.ts';

/** Enough for a p99 of its own on each side. */
const PLAN = { rounds: 5, questions: 40 };

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const outcome = readOptions(
    argv,
    MAILBOX_ROWS.map(({ id }) => id),
  );
  if (outcome.ok === 'help') {
    process.stdout.write(ATTACKS_HELP);
    return 0;
  }
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  const { only, isJson } = outcome.options;
  const results: RowResult[] = [];
  for (const row of MAILBOX_ROWS) {
    if (only?.includes(row.id) === false) continue;
    results.push(await runRow(row, () => MailboxSite.open(), PLAN, signal));
  }
  process.stdout.write(isJson ? renderJson(results) : renderText(results));
  return results.every(({ isWithstood }) => isWithstood) ? 0 : 1;
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
process.exitCode = await main(process.argv.slice(2), stop.signal);
