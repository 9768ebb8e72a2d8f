import { randomBytes } from 'node:crypto';
import type { Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Run, RunKind, Runs } from '../db/runs.ts';
import type { TaskRun, TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';

export interface OpenRunDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly now: Now;
}

export type OpenRun = ReturnType<typeof createOpenRun>;

/**
 * Claims for a new run, in one transaction, what has waited longest: all open messages of the group, or a slot
 * of one of its tasks. Undefined when nothing waits.
 */
export function createOpenRun(deps: OpenRunDeps) {
  const open = deps.db.transaction((group: RegisteredGroup): Run | undefined => {
    const slot = nextSlotOf(deps, group);
    const since = deps.inbox.pendingSince(group.jid);
    if (slot !== undefined && (since === undefined || slot.dueAt < since)) {
      return openTaskRun(deps, group, slot);
    }
    if (since === undefined) return undefined;
    const id = insertRun(deps, group, 'messages');
    deps.inbox.claimOpen(group.jid, id);
    return deps.runs.runningIn(group.jid);
  });
  return (group: RegisteredGroup) => open.immediate(group);
}

/** The slot that is next in a chat; those of a folder that the chat had before are given up. */
function nextSlotOf(deps: OpenRunDeps, group: RegisteredGroup): TaskRun | undefined {
  for (;;) {
    const slot = deps.taskRuns.waitingIn(group.jid, deps.now());
    if (slot === undefined) return undefined;
    if (deps.tasks.find(slot.taskId)?.folder === group.folder) return slot;
    deps.taskRuns.finish(slot, { state: 'skipped', reason: 'unregistered', now: deps.now() });
  }
}

function openTaskRun(deps: OpenRunDeps, group: RegisteredGroup, slot: TaskRun): Run | undefined {
  const id = insertRun(deps, group, 'task');
  deps.taskRuns.begin(slot, id, deps.now());
  const isWithGroup = deps.tasks.find(slot.taskId)?.contextMode === 'group';
  if (isWithGroup) deps.inbox.claimContext(group.jid, id);
  return deps.runs.runningIn(group.jid);
}

function insertRun({ runs, now }: OpenRunDeps, group: RegisteredGroup, kind: RunKind): string {
  const id = `run-${randomBytes(8).toString('hex')}`;
  const { jid: chatJid, folder, provider } = group;
  runs.insert({ id, kind, chatJid, folder, provider, now: now() });
  return id;
}

/** Names one attempt towards the container: two attempts never share their events. */
export function attemptId(run: Run): string {
  return `${run.id}-${run.attempt}`;
}
