import type { Config } from '../../config.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { findDoubt } from '../../core/models/doubts.ts';
import { type ModelFacts, readModelFacts } from '../models/facts.ts';
import { listModels, type Plans, planGroups, type UsedModel } from '../models/usage.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const CHECK = 'models';
const CHOOSE = '$ npx deckhand models set <model> --group ';

/** Whether the models that groups ask can be read, and whether anything speaks against them. */
export function checkModels(
  context: CliContext,
  config: Config,
  groups: readonly RegisteredGroup[],
): Finding[] {
  const facts = readFacts(context, config);
  if (facts === undefined) return [];
  const plans = planGroups(groups, facts);
  const used = listModels(facts, plans).filter(({ usedBy }) => usedBy.length > 0);
  const findings = [
    ...checkPlans(plans),
    ...used.flatMap((model) => checkModel(model, context.now())),
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
      return [problem(CHECK, detail.trim(), mend)];
    }
    return problems.map((text) => warning(CHECK, `${folder}: ${text}`, mend));
  });
}

function checkModel(model: UsedModel, now: number): Finding[] {
  const users = model.usedBy.map(({ folder }) => folder).join(', ');
  const doubt = findDoubt(model, now);
  const findings: Finding[] = [];
  if (doubt !== undefined) {
    const detail = `${doubt.text} Asked by ${users}.`;
    findings.push(warning(CHECK, detail, mendDoubt(model)));
  }
  if (model.cooling !== undefined) {
    const { until, class: failure } = model.cooling;
    const detail = `${model.name} is not asked before ${new Date(until).toISOString()} (${failure}). Used by ${users}.`;
    const mend = 'Wait, or choose it anew, which ends that:\n$ npx deckhand models list';
    findings.push(warning(CHECK, detail, mend));
  }
  return findings;
}

function mendDoubt({ usedBy, status }: UsedModel): string {
  const first = usedBy[0]?.folder ?? '<group>';
  if (status === 'unknown') {
    return `See what is served now, or choose another:\n$ npx deckhand models list --live\n${CHOOSE}${first}`;
  }
  return `The next model of the chain answers, if there is one. Choose another:\n${CHOOSE}${first}`;
}
