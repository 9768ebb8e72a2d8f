import type { Now } from '../clock.ts';
import { coolDownUntil, credibleEnd, type PassedModel } from '../core/fallback.ts';
import type { ModelStore } from '../db/models.ts';
import type { RunOutcome } from '../ports.ts';

export interface RememberFailureDeps {
  readonly models: Pick<ModelStore, 'coolDown' | 'observe'>;
  readonly now: Now;
}

type Failed = Extract<RunOutcome, { status: 'failed' }>;

/** Keeps what a failed attempt has shown of its model, for runs to come. */
export function rememberFailure(deps: RememberFailureDeps, model: string, outcome: Failed): void {
  const until = coolDownUntil(toPassed(model, outcome), deps.now());
  if (until !== undefined) deps.models.coolDown(model, outcome.class, until, deps.now());
  if (outcome.class === 'model') {
    deps.models.observe(model, 'unsupported', outcome.detail, deps.now());
  }
}

/** The failure without an end of its limit that cannot be: an agent could silence its model for ever. */
export function withCredibleEnd({ retryAt, ...failed }: Failed, now: number): Failed {
  const end = credibleEnd(retryAt, now);
  return end === undefined ? failed : { ...failed, retryAt: end };
}

export function toPassed(
  name: string,
  { class: failureClass, retryAt }: Pick<Failed, 'class' | 'retryAt'>,
): PassedModel {
  return { name, class: failureClass, ...(retryAt === undefined ? {} : { retryAt }) };
}
