import type { RunEvent } from '@deckhand/protocol';
import type { UsableCredential } from '../core/credential.ts';
import { MAX_TRIES } from '../core/fallback.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { ModelRoute } from '../core/models/route.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Db } from '../db/database.ts';
import type { Run } from '../db/runs.ts';
import { isStorageFault } from '../db/storage-fault.ts';
import type { Censor } from '../log-censor.ts';
import type { AgentRunner, RunHandlers, RunOutcome } from '../ports.ts';
import { type AfterFailureDeps, followFailure } from './after-failure.ts';
import type { AttemptLog } from './attempt-log.ts';
import { awaitRequests } from './await-requests.ts';
import { censorOutcome } from './censor-outcome.ts';
import type { ChooseRoute } from './choose-route.ts';
import { attemptId } from './claim-run.ts';
import { insist } from './insist.ts';
import { type NoteWorkingDeps, noteWorking } from './note-working.ts';
import type { OpenedRun } from './open-run.ts';
import type { Readmissions } from './readmissions.ts';
import { createRenewal } from './renewal.ts';
import { type RunAttemptDeps, runAttempt } from './run-attempt.ts';
import type { Answered, RunFailure, SettledRun, SettleRun } from './settle-run.ts';

export interface AttemptsDeps extends RunAttemptDeps, AfterFailureDeps, NoteWorkingDeps {
  readonly runner: AgentRunner;
  readonly db: Db;
  readonly attemptLog: AttemptLog;
  readonly models: AfterFailureDeps['models'] & NoteWorkingDeps['models'];
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly readmissions: Pick<Readmissions, 'take'>;
  readonly chooseRoute: ChooseRoute;
  /** Handles what the group's agent has asked for by files, so that it comes before the answer. */
  readonly settleRequests: (folder: string) => Promise<void>;
  readonly settleRun: SettleRun;
  readonly censor: Censor;
}

/** What follows an attempt. `left`: to the next host, or the group is registered no more. */
type Step =
  | { status: 'ended'; settled: SettledRun }
  | { status: 'left' }
  | { status: 'again'; run: Run };

export interface Attempts {
  /** From the first attempt to the run's end; undefined when it is left to the next host or to nobody. */
  begin(opened: OpenedRun): Promise<SettledRun | undefined>;
  /** Continues a run of an earlier host: adopts its container, or tries again when there is none. */
  takeOver(run: Run): Promise<SettledRun | undefined>;
  /** Ends a run of an earlier host whose group is registered no more. */
  giveUp(run: Run): void;
}

/**
 * The attempts of one run, each with the registration and the models of its moment:
 * choose a model → run → answered | failed, or → the same model again | the next model → …
 */
export function createAttempts(deps: AttemptsDeps): Attempts {
  return {
    begin: async (opened) => follow(deps, await attempt(deps, opened)),
    async takeOver(run) {
      const outcome = await adopt(deps, run);
      const adopted = outcome !== undefined;
      deps.logger.info({ runId: run.id, adopted }, 'run of an earlier host found');
      if (adopted && !hasDied(outcome))
        return follow(deps, await settleAttempt(deps, run, outcome, undefined));
      if (outcome?.status === 'failed') deps.attemptLog.noteFailure(run, outcome);
      return follow(deps, { status: 'again', run });
    },
    giveUp(run) {
      deps.readmissions.take(run)?.[Symbol.dispose]();
      deps.settleRun.cancel(run);
    },
  };
}

/** Its door closes before anything else is done, so that what its model is asked has been counted. */
async function adopt(deps: AttemptsDeps, run: Run): Promise<RunOutcome | undefined> {
  using admission = deps.readmissions.take(run);
  const handlers = handlersFor(deps, run);
  const never = new AbortController().signal;
  const told = await deps.runner.adopt(attemptId(run), run.folder, handlers, never);
  return told && censorOutcome(deps.censor, admission?.settle(told) ?? told);
}

/** An agent that ended with its host, without a tool that would run twice, is as good as none. */
function hasDied(outcome: RunOutcome): boolean {
  return outcome.status === 'failed' && outcome.class === 'internal' && !outcome.hasSideEffects;
}

async function follow(deps: AttemptsDeps, first: Step): Promise<SettledRun | undefined> {
  let step = first;
  while (step.status === 'again') step = await attemptAgain(deps, step.run);
  return step.status === 'ended' ? step.settled : undefined;
}

async function attemptAgain(deps: AttemptsDeps, run: Run): Promise<Step> {
  const hasPassedModel = run.passed.some((model) => model.name === run.model);
  if (run.tries >= MAX_TRIES && !hasPassedModel) {
    return fail(deps, run, { reason: 'interrupted', detail: `${run.attempt} attempts` });
  }
  const group = deps.findGroup(run.chatJid);
  if (group === undefined) {
    deps.settleRun.cancel(run);
    return { status: 'left' };
  }
  const chosen = await deps.chooseRoute(group, run);
  if (deps.stopping.aborted) {
    // One that began now would be cut off at once, and count.
    deps.attemptLog.leave(run);
    return { status: 'left' };
  }
  if (chosen.status === 'none') return fail(deps, run, chosen.failure);
  const next = beginNext(deps, run, group, chosen.route);
  passCrashPoint('attempt-begun');
  return attempt(deps, { run: next, group, chosen });
}

/** Ends the attempt before and begins the next one, in one transaction. */
function beginNext(
  { db, runs, attemptLog }: AttemptsDeps,
  run: Run,
  { folder }: RegisteredGroup,
  { agent: provider, name: model }: ModelRoute,
): Run {
  return db
    .transaction(() => {
      attemptLog.end(run, { outcome: 'left' });
      const next = runs.beginNextAttempt(run, { folder, provider, model });
      attemptLog.begin(next, model);
      return next;
    })
    .immediate();
}

async function attempt(deps: AttemptsDeps, { run, group, chosen }: OpenedRun): Promise<Step> {
  const { route, credential } = chosen;
  const { id: runId, chatJid, provider, model } = run;
  deps.report({ type: 'run_started', chatJid, runId, provider, model, attempt: run.attempt });
  const parts = { group, run, route, credential };
  const renewal = createRenewal(deps.logger, run.id, credential);
  // Behind a door the host sees by itself what the model refuses, and has it renewed.
  const onRefused = deps.gateway.serves(group) ? undefined : renewal.begin;
  const told = await runAttempt(deps, parts, handlersFor(deps, run, onRefused));
  await renewal.settled();
  return settleAttempt(deps, run, censorOutcome(deps.censor, told), credential);
}

async function settleAttempt(
  deps: AttemptsDeps,
  run: Run,
  outcome: RunOutcome,
  credential: UsableCredential | undefined,
): Promise<Step> {
  deps.report({ type: 'result', chatJid: run.chatJid, runId: run.id });
  switch (outcome.status) {
    case 'answered':
      passCrashPoint('result-received');
      await settleRequests(deps, run);
      return endBy(await insist(deps, () => settleAnswer(deps, run, outcome)));
    case 'detached':
      deps.attemptLog.leave(run);
      return { status: 'left' };
    case 'failed': {
      passCrashPoint('attempt-failed');
      deps.attemptLog.noteFailure(run, outcome);
      const next = await followFailure(deps, run, outcome, credential);
      if (next.status === 'end') return fail(deps, run, next.failure);
      if (next.status !== 'stopping') return next;
      deps.attemptLog.leave(run);
      return { status: 'left' };
    }
    default:
      return outcome satisfies never;
  }
}

function settleAnswer(deps: AttemptsDeps, run: Run, outcome: Answered): SettledRun {
  const settled = deps.settleRun.answer(run, outcome);
  if (run.model !== null) noteWorking(deps, run.model);
  return settled;
}

async function fail(deps: AttemptsDeps, run: Run, failure: RunFailure): Promise<Step> {
  // What they send would else count as words of the chat's next run.
  await settleRequests(deps, run);
  return endBy(await insist(deps, () => deps.settleRun.fail(run, failure)));
}

function endBy(settled: SettledRun | undefined): Step {
  return settled === undefined ? { status: 'left' } : { status: 'ended', settled };
}

function settleRequests(deps: AttemptsDeps, { folder }: Run): Promise<void> {
  return awaitRequests(deps, folder, deps.settleRequests(folder));
}

function handlersFor(deps: AttemptsDeps, run: Run, onRefused?: () => void): RunHandlers {
  const { id: runId, chatJid } = run;
  return {
    onContainer(containerId) {
      noteContainer(deps, run, containerId);
      deps.report({ type: 'container', chatJid, runId, containerId });
    },
    onEvent(event: RunEvent) {
      deps.attemptLog.onEvent(run, event);
      if (event.type !== 'progress') return;
      const { kind, detail } = event;
      if (kind === 'auth') onRefused?.();
      deps.report({ type: 'progress', chatJid, runId, kind, detail });
    },
  };
}

/** For people alone, so that an agent need not be stopped because the disk is full. */
function noteContainer({ attemptLog, logger }: AttemptsDeps, run: Run, containerId: string): void {
  try {
    attemptLog.setContainer(run, containerId);
  } catch (error) {
    if (!isStorageFault(error)) throw error;
    logger.warn({ err: error, runId: run.id }, 'container of a run not noted');
  }
}
