import { type AttemptFailure, attemptFailureSchema } from '../failure-class.ts';
import type { PassedModel } from '../fallback.ts';
import type { RunFacts } from './facts.ts';

/** Why a run failed and what the person who runs the host can do, in a sentence or two. */
export function explainFailure({ reason, detail, passed }: RunFacts): string {
  const failure = attemptFailureSchema.safeParse(reason);
  if (failure.success && passed.length > 0 && ENDS_A_MODEL.has(failure.data)) {
    return `Every model failed: ${passed.map(describePassed).join(', ')}. ${mendOf(failure.data)}`;
  }
  if (failure.success) return `${CAUSES[failure.data]}${because(detail)}. ${mendOf(failure.data)}`;
  return OTHER_CAUSES.get(reason ?? '') ?? `It failed${because(detail ?? reason)}.`;
}

const BUDGET_MEND = '`deckhand groups list` shows the budget, `deckhand groups set` changes it.';

/** Failures after which another model is asked. */
const ENDS_A_MODEL: ReadonlySet<AttemptFailure> = new Set([
  'auth',
  'quota',
  'overloaded',
  'model',
  'timeout',
]);

const CAUSES: Readonly<Record<AttemptFailure, string>> = {
  auth: 'It failed because no model has a sign-in that works',
  quota: 'It failed because the usage limit of the model is reached',
  overloaded: 'It failed because the model is not reachable',
  model: 'It failed because the model is not available',
  context: 'It failed because the conversation is too long for the model',
  refused: 'It failed because the model refused it',
  setup: 'No agent was started',
  script: 'It failed because the check before the task failed',
  timeout: 'It failed because there was no answer before the deadline',
  disk: 'It was stopped because of the disk',
  out_of_tokens: 'It was stopped by the budget of its group',
  cancelled: 'It was stopped on request',
  session: 'It failed because the conversation of the provider could not be continued',
  internal: 'It failed because something broke in the agent',
};

function mendOf(failure: AttemptFailure): string {
  switch (failure) {
    case 'auth':
      return '`deckhand login status` shows the sign-ins and how to mend them.';
    case 'quota':
      return '`deckhand status` shows until when; `deckhand models` chooses others.';
    case 'overloaded':
      return 'Ask again in some minutes; `deckhand doctor` checks the network.';
    case 'model':
      return '`deckhand models` chooses others.';
    case 'context':
      return 'Ask again with less.';
    case 'refused':
      return 'Ask in other words, or choose another model with `deckhand models`.';
    case 'setup':
      return '`deckhand doctor` shows it as long as it is so; ask again when it is mended.';
    case 'script':
      return '`deckhand tasks show` shows the check.';
    case 'timeout':
      return 'Ask for something smaller, or raise CONTAINER_TIMEOUT.';
    case 'disk':
      return '`deckhand doctor` names the groups that take too much; let it clean up, make room, or raise DISK_QUOTA_MB.';
    case 'out_of_tokens':
      return BUDGET_MEND;
    case 'cancelled':
      return 'Ask again if it still matters.';
    case 'session':
    case 'internal':
      return 'Ask again; `deckhand logs --run` with the id of the run says more.';
    default:
      return failure satisfies never;
  }
}

const OTHER_CAUSES: ReadonlyMap<string, string> = new Map([
  ['budget', `The group is over budget for this day; ${BUDGET_MEND}`],
  ['no_answer', 'The agent ended without an answer; ask again in other words.'],
  [
    'interrupted',
    'It was given up after several interruptions; ask again, and see `deckhand doctor` if it goes on.',
  ],
  ['container', 'Its container could not be started or died; `deckhand doctor` checks Docker.'],
]);

const SHORT: Readonly<Record<AttemptFailure, string>> = {
  auth: 'sign-in refused or missing',
  quota: 'usage limit',
  overloaded: 'not reachable',
  model: 'not available',
  context: 'too long',
  refused: 'refused',
  setup: 'not started',
  script: 'check failed',
  timeout: 'no answer in time',
  disk: 'disk full',
  out_of_tokens: 'tokens used up',
  cancelled: 'stopped',
  session: 'conversation lost',
  internal: 'broke',
};

function describePassed(model: PassedModel): string {
  return `${model.name} (${SHORT[model.class]})`;
}

function because(detail: string | null): string {
  return detail ? `: ${detail.replace(/[.\s]+$/, '')}` : '';
}
