import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Run } from '../db/runs.ts';
import type { TaskRuns } from '../db/task-runs.ts';
import type { RandomBytes } from '../random.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { ChooseRoute, ChosenRoute } from './choose-route.ts';
import { type ClaimRun, createRunId, type RunStart } from './claim-run.ts';
import { type RefuseByBudgetDeps, refuseByBudget } from './refuse-by-budget.ts';
import type { SettledRun, SettleRun } from './settle-run.ts';

export interface OpenRunDeps extends RefuseByBudgetDeps {
  readonly db: Db;
  readonly inbox: Pick<Inbox, 'pendingSince'>;
  readonly taskRuns: Pick<TaskRuns, 'waitingIn' | 'finish'>;
  readonly attemptLog: Pick<AttemptLog, 'begin'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly chooseRoute: ChooseRoute;
  readonly claimRun: ClaimRun;
  readonly settleRun: Pick<SettleRun, 'fail'>;
  readonly stopping: AbortSignal;
  readonly randomBytes: RandomBytes;
}

/** A run whose first attempt may begin. */
export interface OpenedRun {
  readonly run: Run;
  readonly group: RegisteredGroup;
  readonly chosen: Extract<ChosenRoute, { status: 'chosen' }>;
}

/** `ended`: nobody could be asked, and the chat is told. */
export type Opening =
  | { readonly status: 'nothing' }
  | ({ readonly status: 'opened' } & OpenedRun)
  | { readonly status: 'ended'; readonly run: Run; readonly settled: SettledRun };

export type OpenRun = ReturnType<typeof createOpenRun>;

const NOTHING: Opening = { status: 'nothing' };

/**
 * Opens a run for what waits in a chat. The model of the first attempt is chosen before, so that claim, run and
 * attempt are ONE transaction; without a model that may be asked, or over the group's budget, the run ends in it.
 */
export function createOpenRun(deps: OpenRunDeps) {
  const open = deps.db.transaction((group: RegisteredGroup, id: string, chosen: ChosenRoute) => {
    if (chosen.status === 'none' && chosen.failure.reason === 'budget') skipSlots(deps, group);
    const run = deps.claimRun(group, startOf(group, id, chosen));
    if (run === undefined) return NOTHING;
    passCrashPoint('run-claiming');
    return beginOrEnd(deps, run, group, chosen);
  });
  return async (group: RegisteredGroup): Promise<Opening> => {
    if (!isWaiting(deps, group.jid)) return NOTHING;
    const id = createRunId(deps.randomBytes);
    const refusal = refuseByBudget(deps, group);
    const chosen: ChosenRoute =
      refusal === undefined
        ? await deps.chooseRoute(group, { id, passed: [] })
        : { status: 'none', failure: refusal };
    // What waits stays as it is, for the next host or until the group is registered again.
    if (deps.stopping.aborted || deps.findGroup(group.jid) === undefined) return NOTHING;
    passCrashPoint('run-due');
    const opening = open.immediate(group, id, chosen);
    if (opening.status === 'opened') passCrashPoint('run-claimed');
    return opening;
  };
}

/** Reads only, since a chat is often looked at without need. */
function isWaiting({ inbox, taskRuns, now }: OpenRunDeps, chatJid: Jid): boolean {
  return (
    inbox.pendingSince(chatJid) !== undefined || taskRuns.waitingIn(chatJid, now()) !== undefined
  );
}

/** Left out rather than put off: after midnight they would come all at once. */
function skipSlots({ taskRuns, now }: OpenRunDeps, { jid }: RegisteredGroup): void {
  for (;;) {
    const slot = taskRuns.waitingIn(jid, now());
    if (slot === undefined) return;
    taskRuns.finish(slot, { state: 'skipped', reason: 'budget', now: now() });
  }
}

function startOf({ provider }: RegisteredGroup, id: string, chosen: ChosenRoute): RunStart {
  if (chosen.status === 'none') return { id, provider };
  return { id, provider: chosen.route.agent, model: chosen.route.name };
}

function beginOrEnd(
  { attemptLog, settleRun }: OpenRunDeps,
  run: Run,
  group: RegisteredGroup,
  chosen: ChosenRoute,
): Opening {
  if (chosen.status === 'none') {
    return { status: 'ended', run, settled: settleRun.fail(run, chosen.failure) };
  }
  attemptLog.begin(run, chosen.route.name);
  return { status: 'opened', run, group, chosen };
}
