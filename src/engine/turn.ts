import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { ReportActivity } from './activity.ts';
import type { Attempts } from './attempts.ts';
import { type AwaitRequestsDeps, awaitRequests } from './await-requests.ts';
import type { Opening, OpenRun } from './open-run.ts';
import type { SettledRun } from './settle-run.ts';
import { showTyping, type TypingDeps } from './typing.ts';

export interface TurnDeps extends TypingDeps, AwaitRequestsDeps {
  readonly runs: Pick<Runs, 'runningIn'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  /** What lay in the group's mailbox before this host served it is being handled; undefined when it has been. */
  readonly recoveringRequests: (folder: string) => Promise<void> | undefined;
  readonly openRun: OpenRun;
  readonly attempts: Attempts;
  readonly onOutbox: (chatJid: Jid) => void;
  /** A run has ended; more may wait in its chat, or come back later. */
  readonly onEnd: (chatJid: Jid) => void;
  readonly logger: Logger;
  readonly report: ReportActivity;
}

/**
 * Answers the open messages of one chat, or does a task that is due there: claim → attempts → settled, or left
 * running when the host stops. A run that an earlier host left running is taken over before anything new is
 * claimed.
 */
export function createTurn(deps: TurnDeps) {
  return async (chatJid: Jid): Promise<void> => {
    const left = deps.runs.runningIn(chatJid);
    const group = deps.findGroup(chatJid);
    if (group === undefined) {
      if (left !== undefined) deps.attempts.giveUp(left);
      return;
    }
    const turn =
      left === undefined ? await open(deps, group) : { status: 'left' as const, run: left };
    if (turn.status === 'nothing') return;
    const settled = turn.status === 'ended' ? turn.settled : await attempt(deps, turn);
    if (settled === undefined) return;
    passCrashPoint('run-ended');
    reportEnd(deps, turn.run, settled);
    deps.onOutbox(chatJid);
    deps.onEnd(chatJid);
  };
}

/** What an agent of an earlier run has left in the mailbox would else count as words of this one. */
async function open(deps: TurnDeps, group: RegisteredGroup): Promise<Opening> {
  const recovering = deps.recoveringRequests(group.folder);
  if (recovering !== undefined) await awaitRequests(deps, group.folder, recovering);
  return deps.openRun(group);
}

type Begun = Extract<Opening, { status: 'opened' }> | { status: 'left'; run: Run };

async function attempt(deps: TurnDeps, begun: Begun): Promise<SettledRun | undefined> {
  using _typing = showTyping(deps, begun.run.chatJid);
  return begun.status === 'opened'
    ? await deps.attempts.begin(begun)
    : await deps.attempts.takeOver(begun.run);
}

function reportEnd(deps: TurnDeps, run: Run, settled: SettledRun): void {
  const { id: runId, chatJid } = run;
  deps.logger.info({ runId, chatJid, ...settled }, 'run ended');
  if (settled.status === 'answered')
    deps.report({ type: 'answered', chatJid, runId, parts: settled.parts });
  else deps.report({ type: 'failed', chatJid, runId, reason: settled.reason });
}
