import { z } from 'zod';
import { type AttemptFailure, attemptFailureSchema } from './failure-class.ts';
import type { FailureReason } from './failure-notice.ts';
import type { ModelRoute } from './models/route.ts';

/** Tries of one model within a run, the first included. */
export const MAX_TRIES = 3;

/** Waiting times before the second and third try, in milliseconds. */
const BACKOFF_MS = [2_000, 10_000] as const;

/** A model that a run has given up, and why. */
export const passedModelSchema = z.strictObject({
  name: z.string(),
  class: attemptFailureSchema,
  /** When a usage limit ends, unix milliseconds. */
  retryAt: z.number().int().exactOptional(),
});
export type PassedModel = z.infer<typeof passedModelSchema>;

export interface Failure {
  readonly class: AttemptFailure;
  readonly hasSideEffects: boolean;
}

/**
 * What follows a failed attempt:
 * - `again`: the same model once more; `fresh` means without the provider's session
 * - `next_model`: this model cannot answer now, another one may
 * - `end`: no other try and no other model would help, or trying could do something twice
 */
export type NextStep =
  | { step: 'again'; delayMs: number; fresh: boolean }
  | { step: 'next_model' }
  | { step: 'end' };

/**
 * `tries` counts the attempts on this model, the failed one included; `passed` are the models that the run has given
 * up before.
 */
export function decideNext(
  failure: Failure,
  tries: number,
  passed: readonly PassedModel[],
): NextStep {
  // After a tool ran nothing is repeated: the effect would happen twice.
  if (failure.hasSideEffects) return { step: 'end' };
  const mayTryAgain = tries < MAX_TRIES;
  switch (failure.class) {
    case 'session':
      return mayTryAgain ? { step: 'again', delayMs: 0, fresh: true } : { step: 'end' };
    case 'overloaded': {
      const delayMs = BACKOFF_MS[tries - 1] ?? 10_000;
      return mayTryAgain ? { step: 'again', delayMs, fresh: false } : { step: 'next_model' };
    }
    // A model that says nothing until the deadline hangs; another try would take as long again. When a second one
    // comes to no end either, it is what was asked that takes too long.
    case 'timeout':
      return passed.some((model) => model.class === 'timeout')
        ? { step: 'end' }
        : { step: 'next_model' };
    case 'model':
    case 'quota':
    case 'auth':
      return { step: 'next_model' };
    case 'context':
    case 'refused':
    case 'script':
    case 'setup':
    case 'disk':
    case 'out_of_tokens':
    case 'cancelled':
    case 'internal':
      return { step: 'end' };
    default:
      return failure.class satisfies never;
  }
}

const UNKNOWN_LIMIT_MS = 15 * 60_000;
const UNSUPPORTED_MS = 24 * 60 * 60_000;
/** A little longer than the longest window of a plan, a month. */
const MAX_LIMIT_MS = 32 * 24 * 60 * 60_000;

/** When a limit ends by the provider, if that can be: what has passed or is years ahead counts as not told. */
export function credibleEnd(retryAt: number | undefined, now: number): number | undefined {
  if (retryAt === undefined || retryAt <= now || retryAt > now + MAX_LIMIT_MS) return undefined;
  return retryAt;
}

/** Until when a model is not asked after a failure, unix milliseconds; undefined when it may be asked at once. */
export function coolDownUntil(
  { class: failureClass, retryAt }: PassedModel,
  now: number,
): number | undefined {
  if (failureClass === 'quota') return retryAt ?? now + UNKNOWN_LIMIT_MS;
  if (failureClass === 'model') return now + UNSUPPORTED_MS;
  return undefined;
}

/** A model that is not asked until then, unix milliseconds. */
export interface CoolingModel {
  readonly name: string;
  readonly class: AttemptFailure;
  readonly until: number;
}

export interface RouteFacts {
  readonly passed: readonly PassedModel[];
  readonly cooling: readonly CoolingModel[];
}

/**
 * The routes that a run may still take, best first. A credential that was refused takes all its models with
 * it. Models that were not supported are asked again when nothing else is left: that costs one short answer.
 */
export function routesLeft(
  routes: readonly ModelRoute[],
  { passed, cooling }: RouteFacts,
): readonly ModelRoute[] {
  const given = new Set(passed.map((model) => model.name));
  const refused = new Set(
    passed.filter((model) => model.class === 'auth').map((model) => providerOf(model.name)),
  );
  const coolingBy = new Map(cooling.map((model) => [model.name, model.class]));
  const open = routes.filter((route) => !given.has(route.name) && !refused.has(route.ref.provider));
  const ready = open.filter((route) => !coolingBy.has(route.name));
  const doubtful = open.filter((route) => coolingBy.get(route.name) === 'model');
  return [...ready, ...doubtful];
}

function providerOf(name: string): string {
  return name.split('/')[0] ?? name;
}

/** Why no model of a chain can answer, in the words that a chat needs. */
export interface Exhausted {
  readonly reason: FailureReason;
  readonly retryAt?: number;
}

/** What may be over soonest comes first: the chat hears when to ask again, and a task is tried again by it. */
const SOONEST_OVER: readonly AttemptFailure[] = ['overloaded', 'quota', 'timeout', 'auth', 'model'];

/** Undefined when no model has failed and none is cooling down: then credentials are missing. */
export function explainExhausted({ passed, cooling }: RouteFacts): Exhausted | undefined {
  const classes = new Set([...passed, ...cooling].map((model) => model.class));
  const reason = SOONEST_OVER.find((one) => classes.has(one));
  if (reason !== 'quota') return reason && { reason };
  const ends = [
    ...passed.filter((model) => model.class === 'quota').map((model) => model.retryAt),
    ...cooling.filter((model) => model.class === 'quota').map((model) => model.until),
  ].filter((end) => end !== undefined);
  return { reason, ...(ends.length > 0 && { retryAt: Math.min(...ends) }) };
}
