import { formatLocal } from '../../core/schedule/local-time.ts';
import { listSlots, type Task } from '../../core/task.ts';
import { nameTask } from '../../core/task-notice.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import type { TaskRun } from '../../db/task-runs.ts';
import { LINE_WIDTH } from '../layout.ts';

/** A task as `--json` shows it: with its next five times, as unix milliseconds and in local time. */
export function taskJson(task: Task, now: number): object {
  const nextRuns = task.status === 'active' ? listSlots(task, now) : [];
  const inLocalTime = nextRuns.map((at) => formatLocal(at, task.timeZone));
  return { ...task, nextRuns, nextRunsLocal: inLocalTime };
}

/** A task in three lines: id and beginning, schedule, state. */
export function describeTask(task: Task): string {
  const lines = [
    `${terminalText(task.id)}  ${terminalText(nameTask(task))}`,
    `  ${terminalText(task.folder)} · ${describeSchedule(task)} · ${task.contextMode}`,
    `  ${describeState(task)}`,
  ];
  return `${lines.map((line) => fitToWidth(line, LINE_WIDTH)).join('\n')}\n`;
}

function describeSchedule({ scheduleType, scheduleValue, timeZone }: Task): string {
  return `${scheduleType} ${terminalText(scheduleValue)} (${timeZone})`;
}

function describeState({ status, statusReason, nextRunAt, timeZone, failures }: Task): string {
  const failed = failures === 0 ? '' : `, the last ${failures} failed`;
  if (nextRunAt !== null) return `next ${formatLocal(nextRunAt, timeZone)}${failed}`;
  return `${status}${statusReason === null ? '' : ` (${statusReason})`}${failed}`;
}

export function describeNextRuns(task: Task, now: number): string {
  if (task.status !== 'active') return '';
  const lines = listSlots(task, now).map((at) => `  ${formatLocal(at, task.timeZone)}`);
  return `Next times (${task.timeZone}):\n${lines.join('\n')}\n`;
}

/** One line of history: slot, outcome, duration, tokens, reason. */
export function describeRun(run: TaskRun, { timeZone }: Task): string {
  const { startedAt, finishedAt, missedUntil } = run;
  const until = missedUntil === null ? '' : ` to before ${formatLocal(missedUntil, timeZone)}`;
  const seconds =
    startedAt === null || finishedAt === null
      ? []
      : [`${Math.round((finishedAt - startedAt) / 1000)} s`];
  const details = [
    run.state,
    ...(run.kind === 'manual' ? ['asked for'] : []),
    ...seconds,
    ...(run.tokens > 0 ? [`${run.tokens} tokens`] : []),
    ...(run.attempt > 1 ? [`attempt ${run.attempt}`] : []),
    ...(run.reason === null ? [] : [terminalText(run.reason)]),
  ];
  return `${formatLocal(run.scheduledFor, timeZone)}${until}  ${details.join(' · ')}\n`;
}
