import type { Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { NewRun, Run, RunKind, Runs } from '../db/runs.ts';
import type { TaskRun, TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import type { RandomBytes } from '../random.ts';

export interface ClaimRunDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly now: Now;
}

/** How a run begins. */
export type RunStart = Pick<NewRun, 'id' | 'provider' | 'model'>;

export type ClaimRun = ReturnType<typeof createClaimRun>;

/**
 * Claims for a new run, in one transaction, what has waited longest: all open messages of the group, or a slot
 * of one of its tasks. Undefined when nothing waits.
 */
export function createClaimRun(deps: ClaimRunDeps) {
  const claim = deps.db.transaction((group: RegisteredGroup, start: RunStart): Run | undefined => {
    const slot = nextSlotOf(deps, group);
    const since = deps.inbox.pendingSince(group.jid);
    if (slot !== undefined && (since === undefined || slot.dueAt < since)) {
      return claimSlot(deps, group, start, slot);
    }
    if (since === undefined) return undefined;
    insertRun(deps, group, start, 'messages');
    deps.inbox.claimOpen(group.jid, start.id);
    return deps.runs.runningIn(group.jid);
  });
  return (group: RegisteredGroup, start: RunStart) => claim.immediate(group, start);
}

export function createRunId(randomBytes: RandomBytes): string {
  return `run-${randomBytes(8).toString('hex')}`;
}

/** The slot that is next in a chat; those of a folder that the chat had before are given up. */
function nextSlotOf(deps: ClaimRunDeps, group: RegisteredGroup): TaskRun | undefined {
  for (;;) {
    const slot = deps.taskRuns.waitingIn(group.jid, deps.now());
    if (slot === undefined) return undefined;
    if (deps.tasks.find(slot.taskId)?.folder === group.folder) return slot;
    deps.taskRuns.finish(slot, { state: 'skipped', reason: 'unregistered', now: deps.now() });
  }
}

function claimSlot(
  deps: ClaimRunDeps,
  group: RegisteredGroup,
  start: RunStart,
  slot: TaskRun,
): Run | undefined {
  insertRun(deps, group, start, 'task');
  deps.taskRuns.begin(slot, start.id, deps.now());
  const isWithGroup = deps.tasks.find(slot.taskId)?.contextMode === 'group';
  if (isWithGroup) deps.inbox.claimContext(group.jid, start.id);
  return deps.runs.runningIn(group.jid);
}

function insertRun(
  { runs, now }: ClaimRunDeps,
  { jid: chatJid, folder }: RegisteredGroup,
  start: RunStart,
  kind: RunKind,
): void {
  runs.insert({ ...start, kind, chatJid, folder, now: now() });
}

/** Names one attempt towards the container: two attempts never share their events. */
export function attemptId(run: Run): string {
  return `${run.id}-${run.attempt}`;
}
