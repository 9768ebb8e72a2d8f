import { createHash } from 'node:crypto';
import { SCHEDULE_TYPES } from '../../core/schedule/schedule.ts';
import { MAX_TASKS_PER_GROUP, type PlanSetting, planTask, type TaskPlan } from '../../core/task.ts';
import type { SourceTask } from './source.ts';

export interface PlannedImport {
  readonly id: string;
  readonly plan: TaskPlan;
  readonly isPaused: boolean;
  /** Unix milliseconds. */
  readonly nextRunAt: number;
}

export interface ConvertedTasks {
  readonly tasks: readonly PlannedImport[];
  readonly notes: readonly string[];
}

/** The open tasks of one group, with their next times reckoned anew. What is over is left out without a word. */
export function toTasks(sources: readonly SourceTask[], setting: PlanSetting): ConvertedTasks {
  const tasks: PlannedImport[] = [];
  const notes: string[] = [];
  for (const source of sources) {
    if (source.status !== 'active' && source.status !== 'paused') continue;
    const converted = convert(source, setting);
    if (!converted.ok) notes.push(`task ${source.id} is left out: ${converted.error}`);
    else if (tasks.length < MAX_TASKS_PER_GROUP) tasks.push(converted.task);
    else notes.push(`task ${source.id} is left out: a group has ${MAX_TASKS_PER_GROUP} at most.`);
  }
  return { tasks, notes };
}

type Converted = { ok: true; task: PlannedImport } | { ok: false; error: string };

function convert(source: SourceTask, setting: PlanSetting): Converted {
  const scheduleType = SCHEDULE_TYPES.find((type) => type === source.scheduleType);
  if (scheduleType === undefined) {
    return { ok: false, error: `"${source.scheduleType}" is no kind of schedule.` };
  }
  const { prompt, scheduleValue, contextMode, script } = source;
  const planned = planTask({ prompt, scheduleType, scheduleValue, contextMode, script }, setting);
  if (!planned.ok) return planned;
  const [nextRunAt] = planned.nextRuns;
  if (nextRunAt === undefined) throw new Error('a planned task has no next run');
  const isPaused = source.status === 'paused';
  return { ok: true, task: { id: idOf(source), plan: planned.plan, isPaused, nextRunAt } };
}

/** The same at every import, so that one that was cut off goes on without doubles; nobody else's here. */
function idOf({ id, folder }: SourceTask): string {
  const digest = createHash('sha256').update(`${folder}\0${id}`).digest('hex');
  return `task-import-${digest.slice(0, 12)}`;
}
