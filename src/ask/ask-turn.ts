import { randomBytes } from 'node:crypto';
import type { Provider, RunEvent } from '@deckhand/protocol';
import { failureNotice } from '../core/failure-notice.ts';
import { decideNext, type PassedModel } from '../core/fallback.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ChooseRoute } from '../engine/choose-route.ts';
import { type NoteWorkingDeps, noteWorking } from '../engine/note-working.ts';
import { type JudgedFailure, judgeRefusal } from '../engine/refused-credential.ts';
import {
  type RememberFailureDeps,
  rememberFailure,
  toPassed,
  withCredibleEnd,
} from '../engine/remember-failure.ts';
import type { RunFailure } from '../engine/settle-run.ts';
import type { RunOutcome } from '../ports.ts';
import { waitUnlessAborted } from '../wait.ts';
import { type AskAttemptDeps, runAskAttempt } from './ask-attempt.ts';
import type { AskConversation } from './conversation.ts';

export interface AskTurnDeps extends AskAttemptDeps, RememberFailureDeps, NoteWorkingDeps {
  readonly models: RememberFailureDeps['models'] & NoteWorkingDeps['models'];
  readonly chooseRoute: ChooseRoute;
  /** Makes agents possible. Called once, when it is known that there is a credential. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
}

export interface AskRequest {
  readonly group: RegisteredGroup;
  readonly text: string;
  readonly isStreaming: boolean;
  /** What was said before. Without it the question stands alone, and nothing of it is kept. */
  readonly conversation?: AskConversation;
}

export interface AskHandlers {
  onEvent(event: RunEvent): void;
  /** Somebody has seen text of the run, so that no other attempt may follow. */
  hasShown(): boolean;
}

/** How a question ended. `notice` is one sentence for a person, `detail` for who wants to know more. */
export type AskOutcome =
  | { readonly status: 'answered'; readonly text: string; readonly isCut: boolean }
  /** Nothing was asked: there is no credential. */
  | { readonly status: 'not_ready'; readonly notice: string; readonly detail: string }
  | { readonly status: 'failed'; readonly notice: string; readonly detail: string }
  | { readonly status: 'interrupted' };

export type AskTurn = (
  request: AskRequest,
  handlers: AskHandlers,
  signal: AbortSignal,
) => Promise<AskOutcome>;

type Failed = Extract<RunOutcome, { status: 'failed' }>;

/** What has happened so far. `tries` counts the attempts on one model. */
interface Progress {
  readonly passed: readonly PassedModel[];
  readonly tries: number;
}

interface Attempt extends Progress {
  readonly model: string;
  readonly agent: Provider;
  readonly conversation: AskConversation | undefined;
}

/** One question, with the models and fallbacks of a chat's run: choose a model → run → answered | failed, or → … */
export function createAskTurn(deps: AskTurnDeps): AskTurn {
  return async (request, handlers, signal) => {
    const id = `ask-${randomBytes(8).toString('hex')}`;
    const failed = (failure: RunFailure) => explain(deps, request.group, failure);
    let progress: Progress = { passed: [], tries: 0 };
    for (let number = 1; ; number++) {
      const chosen = await deps.chooseRoute(request.group, { id, passed: progress.passed });
      if (chosen.status === 'none') {
        const explained = failed(chosen.failure);
        const isMissing = number === 1 && chosen.failure.reason === 'auth';
        return isMissing ? { ...explained, status: 'not_ready' } : explained;
      }
      if (number === 1) await deps.prepare(signal);
      const { route, credential } = chosen;
      const askedAt = deps.now();
      const parts = { ...request, askedAt, route, credential, attemptId: `${id}-${number}` };
      const outcome = await runAskAttempt(deps, parts, handlers, signal);
      if (outcome.status === 'answered') {
        noteWorking(deps, route.name);
        const { text: answer, sessionId } = outcome;
        request.conversation?.add({ ...parts, agent: route.agent, answer, sessionId });
        return outcome;
      }
      if (signal.aborted || outcome.status === 'detached') return { status: 'interrupted' };
      const { passed } = progress;
      const { conversation } = request;
      const asked = { model: route.name, agent: route.agent, conversation };
      const attempt = { ...asked, passed, tries: progress.tries + 1 };
      const failure = withCredibleEnd(withShown(outcome, handlers), deps.now());
      const judged = await judgeRefusal(deps, id, failure, credential);
      const next = await follow(deps, attempt, judged, signal);
      if (signal.aborted) return { status: 'interrupted' };
      if (next === undefined) return failed({ ...judged.outcome, reason: judged.outcome.class });
      progress = next;
    }
  };
}

/** Text that somebody has read cannot be taken back, like a tool's effect. */
function withShown(outcome: Failed, handlers: AskHandlers): Failed {
  return { ...outcome, hasSideEffects: outcome.hasSideEffects || handlers.hasShown() };
}

/** Undefined when no other attempt may follow. */
async function follow(
  deps: AskTurnDeps,
  { model, agent, conversation, passed, tries }: Attempt,
  { outcome, isRenewed }: JudgedFailure,
  signal: AbortSignal,
): Promise<Progress | undefined> {
  if (isRenewed && !outcome.hasSideEffects && tries === 1) return { passed, tries };
  rememberFailure(deps, model, outcome);
  const next = decideNext(outcome, tries, passed);
  switch (next.step) {
    case 'end':
      return undefined;
    case 'next_model':
      return { passed: [...passed, toPassed(model, outcome)], tries: 0 };
    case 'again':
      if (next.fresh) conversation?.forgetSession(agent);
      await waitUnlessAborted(next.delayMs, signal);
      return { passed, tries };
    default:
      return next satisfies never;
  }
}

function explain(
  { settings }: AskTurnDeps,
  group: RegisteredGroup,
  { reason, notice, detail, retryAt }: RunFailure,
): Extract<AskOutcome, { status: 'failed' }> {
  const timeZone = group.timeZone ?? settings.timeZone;
  return {
    status: 'failed',
    notice: notice ?? failureNotice(reason, timeZone, retryAt),
    detail,
  };
}
