import { encodeText } from './prompt.ts';
import { formatLocal } from './schedule/local-time.ts';
import type { Task } from './task.ts';
import { LATE_MS } from './task-policy.ts';

export interface TaskOccasion {
  /** The slot, unix milliseconds. */
  readonly scheduledFor: number;
  readonly now: number;
  /** Random, so that nothing in the prompt can end the block. */
  readonly boundary: string;
}

/** A scheduled task as an agent sees it. */
export function encodeTask(
  task: Pick<Task, 'id' | 'prompt' | 'timeZone'>,
  { scheduledFor, now, boundary }: TaskOccasion,
): string {
  const isLate = now - scheduledFor > LATE_MS;
  const attributes = [
    ['id', task.id],
    ['planned', formatLocal(scheduledFor, task.timeZone)],
    ...(isLate ? [['now', `${formatLocal(now, task.timeZone)} (late)`]] : []),
    ['boundary', boundary],
  ]
    .map(([name, value]) => `${name}="${encodeText(value ?? '', true)}"`)
    .join(' ');
  return [
    'This is a scheduled task, not a message: nobody has just asked. Your answer is sent to the group.',
    'If there is nothing worth saying, answer with nothing but <internal>the reason</internal>; then nothing is sent.',
    `<scheduled_task ${attributes}>`,
    encodeText(task.prompt),
    `</scheduled_task boundary="${boundary}">`,
  ].join('\n');
}

/** Whether an answer says that nothing is to be sent: `<internal>` blocks and nothing else. */
export function isSilentAnswer(answer: string): boolean {
  return /^\s*<internal>[^]*<\/internal>\s*$/i.test(answer);
}
