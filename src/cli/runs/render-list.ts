import { formatDuration } from '../../core/duration.ts';
import { clockText } from '../../core/schedule/clock-text.ts';
import { terminalText } from '../../core/terminal-text.ts';
import type { RunSummary } from '../../db/run-history.ts';
import { alignRows } from '../layout.ts';

/** Room for the id of a run, which has to be seen whole. */
const COLUMN_WIDTH = 20;

/** A line per run: id, when it began, state, how long it took, group, model. */
export function renderRuns(runs: readonly RunSummary[], timeZone: string, now: number): string {
  const rows = runs.map((run) => [
    run.id,
    shortTime(run.createdAt, timeZone),
    run.state,
    formatDuration((run.finishedAt ?? now) - run.createdAt),
    terminalText(run.folder),
    describeRest(run),
  ]);
  return `Times in ${timeZone}:\n${alignRows(rows, COLUMN_WIDTH).join('\n')}\n`;
}

function describeRest({ kind, reason, model }: RunSummary): string {
  const parts = [...(kind === 'task' ? ['task'] : []), reason ?? model ?? ''];
  return terminalText(parts.join(' '));
}

function shortTime(at: number, timeZone: string): string {
  const { day, time } = clockText(at, timeZone);
  return `${day.slice(-5)} ${time.slice(0, -3)}`;
}
