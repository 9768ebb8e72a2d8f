import type { AttackRow, RowResult } from './attack-row.ts';
import { CONTAINER_ROWS } from './container-rows.ts';
import { HostSite } from './host-site.ts';
import { LOCAL_ROWS } from './local-rows.ts';
import { LOG_ROWS } from './log-row.ts';
import { MAILBOX_ROWS } from './mailbox-rows.ts';
import { MailboxSite } from './mailbox-site.ts';
import { MEDIA_ROWS } from './media-row.ts';
import { MEMBER_ROWS } from './member-rows.ts';
import { MOUNT_ROWS } from './mount-row.ts';
import type { Options, Runtime } from './options.ts';
import { OUTSIDE_ROWS } from './outside-rows.ts';
import { PLANTED_ROWS } from './planted-row.ts';
import { runRow } from './run-row.ts';

/** Two questions may be slower than the p99 of the 200 during an attack, and four than that of the 400 others. */
const FULL_PLAN = { rounds: 5, questions: 40, maxRatio: 2 };
const QUICK_PLAN = { rounds: 1, questions: 3 };

/** Rows that attack nothing which containers isolate. */
const WITHOUT_ISOLATION = [
  ...MEMBER_ROWS,
  ...PLANTED_ROWS,
  ...MOUNT_ROWS,
  ...MEDIA_ROWS,
  ...LOCAL_ROWS,
];

/** Makes the attacks that are asked for, one row after the other. Throws when the signal aborts. */
export async function* attackAll(
  options: Options,
  signal: AbortSignal,
): AsyncGenerator<RowResult, void, undefined> {
  const { only, isQuick } = options;
  const plan = isQuick ? QUICK_PLAN : FULL_PLAN;
  const isWanted = ({ id }: { id: string }) => only?.includes(id) !== false;
  for (const row of MAILBOX_ROWS.filter(isWanted)) {
    await using site = await MailboxSite.open();
    yield await runRow(row, site, plan, signal);
  }
  const hostRows = hostRowsOf(options.runtime).filter(isWanted);
  if (hostRows.length === 0) return;
  await using site = await HostSite.open(options.runtime, signal);
  for (const row of hostRows) yield await runRow(row, site, plan, signal);
}

/** Ids that are asked for and that the runtime has no row for. */
export function findUnmade({ only = [], runtime }: Options): string[] {
  const made = [...MAILBOX_ROWS, ...hostRowsOf(runtime)].map(({ id }) => id);
  return only.filter((id) => !made.includes(id));
}

/** Without isolation nothing is attacked that isolates. The last row tells the agent a secret, which others look for. */
function hostRowsOf(runtime: Runtime): readonly AttackRow<HostSite>[] {
  return runtime === 'docker'
    ? [...WITHOUT_ISOLATION, ...OUTSIDE_ROWS, ...CONTAINER_ROWS, ...LOG_ROWS]
    : [...WITHOUT_ISOLATION, ...LOG_ROWS];
}
