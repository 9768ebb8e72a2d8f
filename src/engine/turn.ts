import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { Channel } from '../ports.ts';
import type { ReportActivity } from './activity.ts';
import type { Attempts } from './attempts.ts';
import type { OpenRun } from './open-run.ts';
import type { SettledRun, SettleRun } from './settle-run.ts';
import { showTyping } from './typing.ts';

export interface TurnDeps {
  readonly runs: Pick<Runs, 'runningIn'>;
  readonly channel: Pick<Channel, 'setTyping'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly openRun: OpenRun;
  readonly attempts: Attempts;
  readonly settleRun: Pick<SettleRun, 'cancel'>;
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
      if (left !== undefined) deps.settleRun.cancel(left);
      return;
    }
    const run = left ?? deps.openRun(group);
    if (run === undefined) return;
    using _typing = showTyping(deps.channel, chatJid);
    const settled = await (left === undefined
      ? deps.attempts.begin(run)
      : deps.attempts.takeOver(run));
    if (settled === undefined) return;
    reportEnd(deps, run, settled);
    deps.onOutbox(chatJid);
    deps.onEnd(chatJid);
  };
}

function reportEnd(deps: TurnDeps, run: Run, settled: SettledRun): void {
  const { id: runId, chatJid } = run;
  deps.logger.info({ runId, chatJid, ...settled }, 'run ended');
  if (settled.status === 'answered')
    deps.report({ type: 'answered', chatJid, runId, parts: settled.parts });
  else deps.report({ type: 'failed', chatJid, runId, reason: settled.reason });
}
