import type { FailureReason } from './failure-notice.ts';
import { formatLocal } from './schedule/local-time.ts';
import type { Task } from './task.ts';

const MAX_NAME_CHARS = 60;
/** Tasks that one notice names. */
const MAX_LINES = 10;

type Named = Pick<Task, 'id' | 'prompt' | 'timeZone'>;

/** Slots of one task that did not run: from the first to before `until`, unix milliseconds. */
export interface MissedSlots {
  readonly task: Named;
  readonly from: number;
  readonly until: number;
  readonly isOne: boolean;
}

/** How people are told of a task: the beginning of what it says. */
export function nameTask({ prompt }: Pick<Task, 'prompt'>): string {
  const line = prompt.replaceAll(/\s+/g, ' ').trim();
  const cut = Array.from(line).slice(0, MAX_NAME_CHARS).join('');
  return `“${cut}${cut.length < line.length ? '…' : ''}”`;
}

/** What a chat is told once after a time in which its tasks could not run. */
export function missedNotice(missed: readonly MissedSlots[]): string {
  const lines = missed.slice(0, MAX_LINES).map(({ task, from, until, isOne }) => {
    const first = formatLocal(from, task.timeZone);
    const last = isOne ? '' : ` to ${formatLocal(until, task.timeZone)}`;
    return `- ${nameTask(task)}: ${first}${last}`;
  });
  const others = missed.length - lines.length;
  const more = others > 0 ? [`- and ${others} more`] : [];
  return [
    'I could not run these scheduled tasks in time and left them out:',
    ...lines,
    ...more,
  ].join('\n');
}

/** What a chat is told when a task is due while its last run still goes on or waits. */
export function overlapNotice(task: Named, busyWith: number): string {
  return `My scheduled task ${nameTask(task)} is still busy with its run of ${formatLocal(busyWith, task.timeZone)}; I leave out the times until that is done.`;
}

/** A slot that is not tried again; times in unix milliseconds. */
interface FailedSlot {
  readonly reason: FailureReason;
  /** When a usage limit ends. */
  readonly retryAt?: number | undefined;
  readonly scheduledFor: number;
  readonly isPaused: boolean;
}

/** What a chat is told when a slot of a task has failed for good. */
export function taskFailureNotice(
  task: Named,
  { reason, retryAt, scheduledFor, isPaused }: FailedSlot,
): string {
  const planned = formatLocal(scheduledFor, task.timeZone);
  const until = retryAt === undefined ? '' : ` until ${formatLocal(retryAt, task.timeZone)}`;
  const failed = `My scheduled task ${nameTask(task)} of ${planned} failed because ${explain(reason)}${until}.`;
  return isPaused
    ? `${failed} It has failed several times in a row, so I have paused it; it goes on when it is resumed.`
    : failed;
}

function explain(reason: FailureReason): string {
  switch (reason) {
    case 'auth':
      return 'the sign-in to the model was refused';
    case 'quota':
      return 'the usage limit of the model is reached';
    case 'overloaded':
      return 'the model was not reachable';
    case 'model':
      return 'the configured model is not available';
    case 'context':
      return 'the conversation has become too long for the model';
    case 'refused':
      return 'the model refused it';
    case 'setup':
      return 'this chat is set up with something that cannot be here (`deckhand doctor` says what)';
    case 'script':
      return 'the script that checks before it did not work';
    case 'timeout':
      return 'it took longer than it may';
    case 'disk':
      return 'the files of this chat take more room than it has';
    case 'cancelled':
      return 'it was stopped';
    case 'no_answer':
      return 'it ended without an answer';
    case 'interrupted':
      return 'it was interrupted several times';
    case 'budget':
    case 'out_of_tokens':
      return 'this chat has used up what it may use in a day';
    case 'container':
    case 'session':
    case 'internal':
      return 'something broke on my side';
    default:
      return reason satisfies never;
  }
}
