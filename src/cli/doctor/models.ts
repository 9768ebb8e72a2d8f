import type { Config } from '../../config.ts';
import type { CoolingModel } from '../../core/fallback.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { findDoubt } from '../../core/models/doubts.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { type ModelFacts, readModelFacts } from '../models/facts.ts';
import { changeModels } from '../models/store.ts';
import { listModels, type Plans, planGroups, type UsedModel } from '../models/usage.ts';
import { type Finding, type Fix, ok, problem, warning } from './finding.ts';
import type { AnsweredProvider } from './ping.ts';

const CHECK = 'models';
const CHOOSE = '$ npx deckhand models set <model> --group ';

/** Whether the models that groups ask can be read, and whether anything speaks against them. */
export function checkModels(
  context: CliContext,
  config: Config,
  groups: readonly RegisteredGroup[],
  answered: readonly AnsweredProvider[],
): Finding[] {
  const facts = readFacts(context, config);
  if (facts === undefined) return [];
  const plans = planGroups(groups, facts);
  const used = listModels(facts, plans).filter(({ usedBy }) => usedBy.length > 0);
  const findings = [
    ...checkPlans(plans),
    ...used.flatMap((model) => [
      ...checkDoubt(model, context.now()),
      ...checkCooling(context, model, answered),
    ]),
  ];
  if (findings.length > 0 || used.length === 0) return findings;
  return [ok(CHECK, used.length === 1 ? '1 is asked' : `${used.length} are asked`)];
}

function readFacts(context: CliContext, config: Config): ModelFacts | undefined {
  try {
    return readModelFacts(context, config);
  } catch (error) {
    // A database that cannot be read has a finding of its own.
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

function checkPlans(plans: Plans): Finding[] {
  return [...plans].flatMap(([folder, { routes, problems }]) => {
    const mend = `Choose others:\n${CHOOSE}${folder}`;
    if (routes.length === 0) {
      const detail = `${folder} has no model that can be asked. ${problems.join(' ')}`;
      return [problem('models.none', detail.trim(), mend)];
    }
    return problems.map((text) => warning('models.unreadable', `${folder}: ${text}`, mend));
  });
}

function checkDoubt(model: UsedModel, now: number): Finding[] {
  const doubt = findDoubt(model, now);
  if (doubt === undefined) return [];
  return [warning('models.doubt', `${doubt.text} Asked by ${usersOf(model)}.`, mendDoubt(model))];
}

function checkCooling(
  context: CliContext,
  model: UsedModel,
  answered: readonly AnsweredProvider[],
): Finding[] {
  const { name, cooling } = model;
  if (cooling === undefined) return [];
  const until = new Date(cooling.until).toISOString();
  const detail = `${name} is not asked before ${until} (${cooling.class}). Used by ${usersOf(model)}.`;
  const mend = 'Wait, or choose it anew, which ends that:\n$ npx deckhand models list';
  const isStale = isOver(cooling, model, answered);
  return [
    warning('models.cooling', detail, mend, isStale ? endCoolDown(context, name) : undefined),
  ];
}

/** What its provider has just shown to be over; only time tells of a limit or of a model that hangs. */
function isOver(
  { class: failure }: CoolingModel,
  { ref }: UsedModel,
  answered: readonly AnsweredProvider[],
): boolean {
  const ofProvider = answered.filter(({ provider }) => provider === ref.provider);
  if (failure === 'auth') return ofProvider.length > 0;
  return failure === 'model' && ofProvider.some(({ models }) => models.includes(ref.model));
}

function endCoolDown(context: CliContext, name: string): Fix {
  return {
    async apply() {
      changeModels(context, (models) => models.endCoolDown(name));
      return `let ${name} be asked again: its provider has just answered`;
    },
  };
}

function usersOf({ usedBy }: UsedModel): string {
  return usedBy.map(({ folder }) => folder).join(', ');
}

function mendDoubt({ usedBy, status }: UsedModel): string {
  const first = usedBy[0]?.folder ?? '<group>';
  if (status === 'unknown') {
    return `See what is served now, or choose another:\n$ npx deckhand models list --live\n${CHOOSE}${first}`;
  }
  return `The next model of the chain answers, if there is one. Choose another:\n${CHOOSE}${first}`;
}
