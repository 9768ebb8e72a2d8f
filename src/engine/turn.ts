import type { RunEvent } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import type { Credential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { decideRetry, MAX_ATTEMPTS } from '../core/retry.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Media } from '../db/media.ts';
import type { Outbox } from '../db/outbox.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Sessions } from '../db/sessions.ts';
import type { TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import type { Logger } from '../logger.ts';
import type { AgentRunner, Channel, RunHandlers, RunOutcome } from '../ports.ts';
import { waitUnlessAborted } from '../wait.ts';
import type { ReportActivity } from './activity.ts';
import { buildPrompt } from './build-prompt.ts';
import { buildRequest, type RequestSettings } from './build-request.ts';
import { buildTaskPrompt } from './build-task-prompt.ts';
import type { MediaDownloads } from './media-downloads.ts';
import { attemptId, type createOpenRun } from './open-run.ts';
import type { RunFailure, SettledRun, SettleRun } from './settle-run.ts';
import { showTyping } from './typing.ts';

export interface TurnDeps {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly media: Media;
  readonly downloads: Pick<MediaDownloads, 'waitForRun'>;
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly channel: Channel;
  readonly runner: AgentRunner;
  readonly settings: RequestSettings & { readonly historyMessages: number };
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly resolveCredential: (group: RegisteredGroup) => Promise<Credential>;
  readonly readGlobalMemory: () => Promise<string>;
  /** Handles what the group's agent has asked for by files, so that it comes before the answer. */
  readonly settleRequests: (folder: string) => Promise<void>;
  readonly openRun: ReturnType<typeof createOpenRun>;
  readonly settleRun: SettleRun;
  readonly onOutbox: (chatJid: Jid) => void;
  /** A run has ended; more may wait in its chat, or come back later. */
  readonly onEnd: (chatJid: Jid) => void;
  readonly now: Now;
  readonly logger: Logger;
  readonly report: ReportActivity;
  /** Aborts when the host stops; a run that goes on is left to the next host. */
  readonly stopping: AbortSignal;
}

/** Longest wait for the requests that an agent left at its end. */
const SETTLE_REQUESTS_MS = 2_000;

/** Longest wait for files of the run's messages; what comes later is said to be missing. */
const DOWNLOADS_MS = 30_000;

/** How one attempt ended, before it is decided whether there is another. */
type AttemptOutcome = RunOutcome | { status: 'not_started'; failure: RunFailure };

/**
 * Answers the open messages of one chat, or does a task that is due there:
 * claim → attempt → answered | failed, or → next attempt, or left running when the host stops.
 * A run that an earlier host left running is taken over before anything new is claimed.
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
    const settled = await (left === undefined ? attempt(deps, group, run) : takeOver(deps, run));
    if (settled === undefined) return;
    reportEnd(deps, run, settled);
    deps.onOutbox(chatJid);
    deps.onEnd(chatJid);
  };
}

/** Continues a run of an earlier host: adopts its container, or tries again when there is none. */
async function takeOver(deps: TurnDeps, run: Run): Promise<SettledRun | undefined> {
  const never = new AbortController().signal;
  const outcome = await deps.runner.adopt(
    attemptId(run),
    run.folder,
    handlersFor(deps, run),
    never,
  );
  deps.logger.info(
    { runId: run.id, adopted: outcome !== undefined },
    'run of an earlier host found',
  );
  return outcome === undefined ? attemptAgain(deps, run) : settleAttempt(deps, run, outcome);
}

/** With the registration of this moment: it may have changed since the attempt before. */
async function attemptAgain(deps: TurnDeps, run: Run): Promise<SettledRun | undefined> {
  const group = deps.findGroup(run.chatJid);
  if (group === undefined) {
    deps.settleRun.cancel(run);
    return undefined;
  }
  if (run.attempt >= MAX_ATTEMPTS) {
    const failure: RunFailure = { reason: 'interrupted', detail: `${run.attempt} attempts` };
    return deps.settleRun.fail(run, failure);
  }
  return attempt(deps, group, deps.runs.beginNextAttempt(run, group));
}

async function attempt(
  deps: TurnDeps,
  group: RegisteredGroup,
  run: Run,
): Promise<SettledRun | undefined> {
  const { id: runId, chatJid } = run;
  deps.report({
    type: 'run_started',
    chatJid,
    runId,
    provider: group.provider,
    attempt: run.attempt,
  });
  return settleAttempt(deps, run, await runOnce(deps, group, run));
}

async function runOnce(deps: TurnDeps, group: RegisteredGroup, run: Run): Promise<AttemptOutcome> {
  const credential = await deps.resolveCredential(group);
  if (!credential.ok) {
    const { notice, detail } = credential;
    return { status: 'not_started', failure: { reason: 'auth', notice, detail } };
  }
  await deps.downloads.waitForRun(run.id, DOWNLOADS_MS, deps.stopping);
  const timeZone = group.timeZone ?? deps.settings.timeZone;
  const encoding = { ...deps, ...deps.settings, timeZone };
  const taskPrompt = run.kind === 'task' ? buildTaskPrompt(encoding, run) : undefined;
  const isIsolated = taskPrompt?.task.contextMode === 'isolated';
  const request = buildRequest(deps.settings, {
    attemptId: attemptId(run),
    group,
    credential,
    prompt: taskPrompt ?? buildPrompt(encoding, run),
    globalMemory: await deps.readGlobalMemory(),
    sessionId: isIsolated ? undefined : deps.sessions.get(run.folder, run.provider),
    task: taskPrompt?.task,
  });
  deps.report({ type: 'container_asked', chatJid: run.chatJid, runId: run.id });
  return deps.runner.run(request, group, handlersFor(deps, run), new AbortController().signal);
}

async function settleAttempt(
  deps: TurnDeps,
  run: Run,
  outcome: AttemptOutcome,
): Promise<SettledRun | undefined> {
  deps.report({ type: 'result', chatJid: run.chatJid, runId: run.id });
  switch (outcome.status) {
    case 'answered':
      await settleRequests(deps, run);
      return deps.settleRun.answer(run, outcome);
    case 'detached':
      return undefined;
    case 'not_started':
      return deps.settleRun.fail(run, outcome.failure);
    case 'failed':
      return failOrRetry(deps, run, outcome);
    default:
      return outcome satisfies never;
  }
}

/** A flood of requests must not hold back the answer for ever. */
async function settleRequests(deps: TurnDeps, run: Run): Promise<void> {
  const settled = deps.settleRequests(run.folder).catch((error: unknown) => {
    deps.logger.error({ runId: run.id, err: error }, 'requests of the run not settled');
  });
  const done = new AbortController();
  const timeout = waitUnlessAborted(SETTLE_REQUESTS_MS, done.signal);
  await Promise.race([settled, timeout]);
  done.abort();
}

async function failOrRetry(
  deps: TurnDeps,
  run: Run,
  outcome: Extract<RunOutcome, { status: 'failed' }>,
): Promise<SettledRun | undefined> {
  const { class: reason, detail, retryAt, hasSideEffects } = outcome;
  deps.logger.warn({ runId: run.id, attempt: run.attempt, reason, detail }, 'attempt failed');
  const decision = decideRetry(outcome, run.attempt);
  if (!decision.retry) {
    return deps.settleRun.fail(run, { reason, detail, retryAt, hasSideEffects });
  }
  if (decision.fresh) deps.sessions.remove(run.folder, run.provider);
  await waitUnlessAborted(decision.delayMs, deps.stopping);
  return deps.stopping.aborted ? undefined : attemptAgain(deps, run);
}

function handlersFor(deps: TurnDeps, run: Run): RunHandlers {
  const { id: runId, chatJid } = run;
  return {
    onContainer(containerId) {
      deps.runs.setContainer(runId, containerId, deps.now());
      deps.report({ type: 'container', chatJid, runId, containerId });
    },
    onEvent(event: RunEvent) {
      if (event.type !== 'progress') return;
      const { kind, detail } = event;
      deps.report({ type: 'progress', chatJid, runId, kind, detail });
    },
  };
}

function reportEnd(deps: TurnDeps, run: Run, settled: SettledRun): void {
  const { id: runId, chatJid } = run;
  deps.logger.info({ runId, chatJid, ...settled }, 'run ended');
  if (settled.status === 'answered')
    deps.report({ type: 'answered', chatJid, runId, parts: settled.parts });
  else deps.report({ type: 'failed', chatJid, runId, reason: settled.reason });
}
