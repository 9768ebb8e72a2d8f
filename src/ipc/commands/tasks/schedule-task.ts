import { type ScheduleTaskCommand, scheduleTaskCommandSchema } from '@deckhand/protocol';
import type { RegisteredGroup } from '../../../core/group.ts';
import { MAX_TASKS_PER_GROUP, planTask } from '../../../core/task.ts';
import { type Command, defineCommand, type Effect, type Refusal } from '../../command.ts';
import { describeTask, type TaskCommandDeps } from './task-access.ts';

/** `schedule_task`: a task for the own chat; the main group may name any registered one. */
export function createScheduleTaskCommand(deps: TaskCommandDeps): Command {
  const { tasks, groups, now } = deps;

  /** Whose task it becomes; undefined when no such group is registered. */
  const ownerOf = (group: RegisteredGroup, { targetJid = group.jid }: ScheduleTaskCommand) =>
    targetJid === group.jid ? group : groups.get(targetJid);

  const insert = (group: RegisteredGroup, request: ScheduleTaskCommand): Effect => {
    const owner = ownerOf(group, request);
    if (owner === undefined) return { refused: UNKNOWN_CHAT };
    const { taskId: id = `task-${deps.randomBytes(6).toString('hex')}` } = request;
    if (tasks.find(id) !== undefined) return { refused: ID_TAKEN };
    if (tasks.countOpen(owner.folder) >= MAX_TASKS_PER_GROUP) return { refused: TOO_MANY };
    const setting = { now: now(), timeZone: deps.timeZoneOf(owner) };
    const planned = planTask(readInput(request), setting);
    if (!planned.ok) return { refused: { code: 'bad_schedule', error: planned.error } };
    const [nextRunAt] = planned.nextRuns;
    if (nextRunAt === undefined) throw new Error('a planned task has no next run');
    const { folder, jid: chatJid } = owner;
    const createdBy = `agent:${group.folder}`;
    tasks.insert(planned.plan, { id, folder, chatJid, createdBy, nextRunAt, now: setting.now });
    return { task: describeTask(deps, id) };
  };

  return defineCommand({
    type: 'schedule_task',
    schema: scheduleTaskCommandSchema,
    authorize(group, { targetJid }) {
      if (group.isMain || targetJid === undefined || targetJid === group.jid) return undefined;
      return NOT_YOURS;
    },
    apply: (_db, group, request) => insert(group, request),
    async afterwards(group, request) {
      await deps.onTasksChanged(ownerOf(group, request)?.folder ?? group.folder);
    },
  });
}

function readInput(request: ScheduleTaskCommand) {
  const { prompt, schedule_type, schedule_value, context_mode, script } = request;
  return {
    prompt,
    scheduleType: schedule_type,
    scheduleValue: schedule_value,
    contextMode: context_mode,
    script,
  };
}

const NOT_YOURS: Refusal = {
  code: 'not_allowed',
  error: 'This group may schedule for its own chat only. Use its own targetJid or leave it out.',
};
const UNKNOWN_CHAT: Refusal = {
  code: 'unknown_chat',
  error: 'No registered group has this targetJid. Use one of a registered group.',
};
const ID_TAKEN: Refusal = {
  code: 'conflict',
  error: 'Another task has this taskId. Choose a new one or leave it out.',
};
const TOO_MANY: Refusal = {
  code: 'too_many',
  error: `The group has ${MAX_TASKS_PER_GROUP} tasks, which is all it may have. Cancel one first.`,
};
