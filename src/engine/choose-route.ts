import type { Now } from '../clock.ts';
import type { Credential, CredentialProblem, UsableCredential } from '../core/credential.ts';
import { explainExhausted, routesLeft } from '../core/fallback.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { RoutePlan } from '../core/models/routes.ts';
import type { ModelStore } from '../db/models.ts';
import type { Run } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { RunFailure } from './settle-run.ts';

export interface ChooseRouteDeps {
  readonly models: Pick<ModelStore, 'listCooling'>;
  readonly planRoutes: (group: RegisteredGroup) => RoutePlan;
  readonly resolveCredential: (group: RegisteredGroup, route: ModelRoute) => Promise<Credential>;
  readonly now: Now;
  readonly logger: Logger;
}

/** With which model an attempt goes, or why there is none. */
export type ChosenRoute =
  | { status: 'chosen'; route: ModelRoute; credential: UsableCredential }
  | { status: 'none'; failure: RunFailure };

export type ChooseRoute = (
  group: RegisteredGroup,
  run: Pick<Run, 'id' | 'passed'>,
) => Promise<ChosenRoute>;

/** Takes the first model of the group's chain that has not failed in this run, may be asked and has a credential. */
export function createChooseRoute(deps: ChooseRouteDeps): ChooseRoute {
  return async (group, run) => {
    const plan = deps.planRoutes(group);
    if (plan.problems.length > 0) {
      deps.logger.warn({ runId: run.id, problems: plan.problems }, 'models are left out');
    }
    const chain = new Set(plan.routes.map((route) => route.name));
    const cooling = deps.models.listCooling(deps.now()).filter(({ name }) => chain.has(name));
    const { passed } = run;
    const problems = new Map<string, CredentialProblem>();
    for (const route of routesLeft(plan.routes, { passed, cooling })) {
      const credential = await deps.resolveCredential(group, route);
      if (credential.ok) return { status: 'chosen', route, credential };
      problems.set(route.name, credential);
    }
    // A model that only lacked its credential would have been asked, cooling down or not.
    const waiting = cooling.filter(({ name }) => !problems.has(name));
    const failure = explainNone(plan, { passed, cooling: waiting }, [...problems.values()]);
    return { status: 'none', failure };
  };
}

/** A model that has failed says more than one that could not be asked, unless that is only for the moment. */
function explainNone(
  plan: RoutePlan,
  facts: Parameters<typeof explainExhausted>[0],
  problems: readonly CredentialProblem[],
): RunFailure {
  const detail = [
    ...facts.passed.map((model) => `${model.name}: ${model.class}`),
    ...facts.cooling.map((model) => `${model.name}: ${model.class}, cooling down`),
    ...problems.map((problem) => problem.detail),
    ...plan.problems,
  ].join('; ');
  const unavailable = problems.find((problem) => problem.reason === 'unavailable');
  if (unavailable !== undefined) {
    return { reason: 'overloaded', notice: unavailable.notice, detail };
  }
  const exhausted = explainExhausted(facts);
  if (exhausted !== undefined) return { ...exhausted, detail };
  const first = problems.find((problem) => problem.reason === 'broken') ?? problems[0];
  return first === undefined
    ? { reason: 'model', detail }
    : { reason: 'auth', notice: first.notice, detail };
}
