import type { IpcReply, TaskReply } from '@deckhand/protocol';

/** What the model is told of a call. */
export interface ToolOutcome {
  readonly text: string;
  readonly isError: boolean;
}

export function describeReply(
  reply: IpcReply | undefined,
  done: (reply: Extract<IpcReply, { ok: true }>) => string,
): ToolOutcome {
  if (reply === undefined) return UNCONFIRMED;
  if (reply.ok) return { text: done(reply), isError: false };
  return { text: `Not done (${reply.code}): ${reply.error}`, isError: true };
}

const UNCONFIRMED: ToolOutcome = {
  text: 'Handed to the host, which has not confirmed it yet. It may still be done: do not ask again, and do not say that it is done.',
  isError: false,
};

export function describeTask(task: TaskReply | undefined): string {
  if (task === undefined) return 'Done.';
  const when =
    task.nextRuns.length === 0
      ? 'It will not run by itself.'
      : `Next times (${task.timeZone}): ${task.nextRuns.join('; ')}.`;
  return `Task ${task.id} is ${task.status}: ${task.schedule_type} ${task.schedule_value}, context ${task.context_mode}, chat ${task.targetJid}. ${when}`;
}
