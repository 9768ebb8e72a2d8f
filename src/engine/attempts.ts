import type { RunEvent } from '@deckhand/protocol';
import type { UsableCredential } from '../core/credential.ts';
import { MAX_TRIES } from '../core/fallback.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { Run } from '../db/runs.ts';
import type { RunHandlers, RunOutcome } from '../ports.ts';
import { waitUnlessAborted } from '../wait.ts';
import { type AfterFailureDeps, followFailure } from './after-failure.ts';
import type { ChooseRoute } from './choose-route.ts';
import { type NoteWorkingDeps, noteWorking } from './note-working.ts';
import { attemptId } from './open-run.ts';
import { createRenewal } from './renewal.ts';
import { type RunAttemptDeps, runAttempt } from './run-attempt.ts';
import type { Answered, RunFailure, SettledRun, SettleRun } from './settle-run.ts';

export interface AttemptsDeps extends RunAttemptDeps, AfterFailureDeps, NoteWorkingDeps {
  readonly models: AfterFailureDeps['models'] & NoteWorkingDeps['models'];
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly chooseRoute: ChooseRoute;
  /** Handles what the group's agent has asked for by files, so that it comes before the answer. */
  readonly settleRequests: (folder: string) => Promise<void>;
  readonly settleRun: SettleRun;
}

/** Longest wait for the requests that an agent left at its end. */
const SETTLE_REQUESTS_MS = 2_000;

/** What follows an attempt. `left`: to the next host, or the group is registered no more. */
type Step =
  | { status: 'ended'; settled: SettledRun }
  | { status: 'left' }
  | { status: 'again'; run: Run };

export interface Attempts {
  /** From the first attempt to the run's end; undefined when it is left to the next host or to nobody. */
  begin(run: Run): Promise<SettledRun | undefined>;
  /** Continues a run of an earlier host: adopts its container, or tries again when there is none. */
  takeOver(run: Run): Promise<SettledRun | undefined>;
}

/**
 * The attempts of one run, each with the registration and the models of its moment:
 * choose a model → run → answered | failed, or → the same model again | the next model → …
 */
export function createAttempts(deps: AttemptsDeps): Attempts {
  return {
    begin: (run) => follow(deps, { status: 'again', run }, (current) => attempt(deps, current)),
    async takeOver(run) {
      const handlers = handlersFor(deps, run);
      const never = new AbortController().signal;
      const outcome = await deps.runner.adopt(attemptId(run), run.folder, handlers, never);
      const adopted = outcome !== undefined;
      deps.logger.info({ runId: run.id, adopted }, 'run of an earlier host found');
      const step: Step = adopted
        ? await settleAttempt(deps, run, outcome, undefined)
        : { status: 'again', run };
      return follow(deps, step, (current) => attemptAgain(deps, current));
    },
  };
}

async function follow(
  deps: AttemptsDeps,
  first: Step,
  start: (run: Run) => Promise<Step>,
): Promise<SettledRun | undefined> {
  let step = first.status === 'again' ? await start(first.run) : first;
  while (step.status === 'again') step = await attemptAgain(deps, step.run);
  return step.status === 'ended' ? step.settled : undefined;
}

async function attemptAgain(deps: AttemptsDeps, run: Run): Promise<Step> {
  const hasPassedModel = run.passed.some((model) => model.name === run.model);
  if (run.tries >= MAX_TRIES && !hasPassedModel) {
    return fail(deps, run, { reason: 'interrupted', detail: `${run.attempt} attempts` });
  }
  return attempt(deps, deps.runs.beginNextAttempt(run, deps.findGroup(run.chatJid) ?? run));
}

async function attempt(deps: AttemptsDeps, opened: Run): Promise<Step> {
  const group = deps.findGroup(opened.chatJid);
  if (group === undefined) {
    deps.settleRun.cancel(opened);
    return { status: 'left' };
  }
  const chosen = await deps.chooseRoute(group, opened);
  if (chosen.status === 'none') return fail(deps, opened, chosen.failure);
  const { route, credential } = chosen;
  const run = deps.runs.takeRoute(opened, { provider: route.agent, model: route.name });
  const { id: runId, chatJid, provider, model } = run;
  deps.report({ type: 'run_started', chatJid, runId, provider, model, attempt: run.attempt });
  const parts = { group, run, route, credential };
  const renewal = createRenewal(deps.logger, run.id, credential);
  const outcome = await runAttempt(deps, parts, handlersFor(deps, run, renewal.begin));
  await renewal.settled();
  return settleAttempt(deps, run, outcome, credential);
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
      await settleRequests(deps, run);
      return { status: 'ended', settled: settleAnswer(deps, run, outcome) };
    case 'detached':
      return { status: 'left' };
    case 'failed': {
      const next = await followFailure(deps, run, outcome, credential);
      if (next.status === 'end') return fail(deps, run, next.failure);
      return next.status === 'stopping' ? { status: 'left' } : next;
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

function fail(deps: AttemptsDeps, run: Run, failure: RunFailure): Step {
  return { status: 'ended', settled: deps.settleRun.fail(run, failure) };
}

/** A flood of requests must not hold back the answer for ever. */
async function settleRequests(deps: AttemptsDeps, run: Run): Promise<void> {
  const settled = deps.settleRequests(run.folder).catch((error: unknown) => {
    deps.logger.error({ runId: run.id, err: error }, 'requests of the run not settled');
  });
  const done = new AbortController();
  const timeout = waitUnlessAborted(SETTLE_REQUESTS_MS, done.signal);
  await Promise.race([settled, timeout]);
  done.abort();
}

function handlersFor(deps: AttemptsDeps, run: Run, onRefused?: () => void): RunHandlers {
  const { id: runId, chatJid } = run;
  return {
    onContainer(containerId) {
      deps.runs.setContainer(runId, containerId, deps.now());
      deps.report({ type: 'container', chatJid, runId, containerId });
    },
    onEvent(event: RunEvent) {
      if (event.type !== 'progress') return;
      const { kind, detail } = event;
      if (kind === 'auth') onRefused?.();
      deps.report({ type: 'progress', chatJid, runId, kind, detail });
    },
  };
}
