import type { TaskReply } from '@deckhand/protocol';
import type { Now } from '../../../clock.ts';
import type { RegisteredGroup } from '../../../core/group.ts';
import type { Jid } from '../../../core/message.ts';
import { formatLocal } from '../../../core/schedule/local-time.ts';
import { listSlots, type Task } from '../../../core/task.ts';
import type { TaskRuns } from '../../../db/task-runs.ts';
import type { Tasks } from '../../../db/tasks.ts';
import type { RandomBytes } from '../../../random.ts';
import type { Refusal } from '../../command.ts';

export interface TaskCommandDeps {
  readonly tasks: Tasks;
  readonly taskRuns: Pick<TaskRuns, 'runNow'>;
  readonly groups: { get(jid: Jid): RegisteredGroup | undefined };
  readonly timeZoneOf: (group: RegisteredGroup) => string;
  readonly now: Now;
  readonly randomBytes: RandomBytes;
  /** Tasks of this folder are others than before; resolves when its agent can see that. */
  readonly onTasksChanged: (folder: string) => Promise<void>;
}

type Found = { ok: true; task: Task } | { ok: false; refused: Refusal };

/**
 * The task that a group names. Those of others are not told apart from those that do not exist: a group must
 * not learn what is scheduled elsewhere. That an id is taken it does learn, when it chooses the same for a task of
 * its own: ids are unique over all groups.
 */
function findTask(tasks: Tasks, group: RegisteredGroup, taskId: string): Found {
  const task = tasks.find(taskId);
  if (task === undefined || !maySee(group, task)) return { ok: false, refused: UNKNOWN_TASK };
  return { ok: true, task };
}

/** As `findTask`, for what can only be done to a task that is not over. */
export function findOpenTask(tasks: Tasks, group: RegisteredGroup, taskId: string): Found {
  const found = findTask(tasks, group, taskId);
  if (!found.ok || found.task.status === 'active' || found.task.status === 'paused') return found;
  const error = `The task is ${found.task.status} for good. Schedule a new one.`;
  return { ok: false, refused: { code: 'conflict', error } };
}

function maySee(group: RegisteredGroup, { folder }: Task): boolean {
  return group.isMain || folder === group.folder;
}

/** A task as replies tell it. Throws when it does not exist. */
export function describeTask({ tasks, now }: TaskCommandDeps, taskId: string): TaskReply {
  const task = tasks.find(taskId);
  if (task === undefined) throw new Error(`task ${taskId} is gone`);
  return {
    id: task.id,
    status: task.status,
    schedule_type: task.scheduleType,
    schedule_value: task.scheduleValue,
    context_mode: task.contextMode,
    targetJid: task.chatJid,
    timeZone: task.timeZone,
    nextRuns: nextRunsOf(task, now()),
  };
}

/** The next five times of an active task in its own zone. */
export function nextRunsOf(task: Task, now: number): string[] {
  if (task.status !== 'active') return [];
  return listSlots(task, now).map((at) => formatLocal(at, task.timeZone));
}

const UNKNOWN_TASK: Refusal = {
  code: 'unknown_task',
  error: 'This group has no task with this id. See current_tasks.json for those it has.',
};
