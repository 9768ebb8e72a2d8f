import type { GroupPlan } from '../../import/nanoclaw/plan.ts';

/** A group that is imported, as `--json` shows it. */
export interface PlannedGroup {
  readonly jid: string;
  readonly name: string;
  readonly folder: string;
  readonly isMain: boolean;
  readonly trigger: string | null;
  readonly requiresTrigger: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly hasMemory: boolean;
  readonly tasks: readonly {
    readonly id: string;
    readonly schedule: string;
    readonly timeZone: string;
    readonly isPaused: boolean;
    /** Unix milliseconds. */
    readonly nextRunAt: number;
  }[];
  readonly hasConversation: boolean;
  readonly notes: readonly string[];
}

export function describeGroupPlan(plan: GroupPlan): PlannedGroup {
  const { group, tree, tasks, conversation, notes } = plan;
  const { jid, name, folder, isMain, trigger = null, requiresTrigger } = group;
  return {
    jid,
    name,
    folder,
    isMain,
    trigger,
    requiresTrigger: requiresTrigger ?? !isMain,
    files: tree.files.length,
    bytes: tree.bytes,
    hasMemory: tree.files.includes('CLAUDE.md'),
    tasks: tasks.map((task) => ({
      id: task.id,
      schedule: `${task.plan.scheduleType} ${task.plan.scheduleValue}`,
      timeZone: task.plan.timeZone,
      isPaused: task.isPaused,
      nextRunAt: task.nextRunAt,
    })),
    hasConversation: conversation !== undefined,
    notes,
  };
}
