import type { CoolingModel } from '../../core/fallback.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { CatalogModel } from '../../core/models/catalog.ts';
import { type ExplainedPlan, planRoutes } from '../../core/models/routes.ts';
import type { ModelFacts } from './facts.ts';

/** A model of the catalog or of somebody's chain, with who uses it. */
export interface UsedModel extends CatalogModel {
  /** Folders of the groups that ask it, each with its place in their chain, 1 for the first. */
  readonly usedBy: readonly { readonly folder: string; readonly place: number }[];
  readonly cooling?: CoolingModel;
}

export type Plans = ReadonlyMap<string, ExplainedPlan>;

/** The plan of each group, by folder, as the host makes it. */
export function planGroups(groups: readonly RegisteredGroup[], facts: ModelFacts): Plans {
  return new Map(
    groups.map((group) => [group.folder, planRoutes({ group, ...facts.effective })] as const),
  );
}

/** What groups ask comes first, in the order of their chains; then the rest of the catalog. */
export function listModels(facts: ModelFacts, plans: Plans): readonly UsedModel[] {
  const used = [...plans.values()].flatMap(({ routes }) => routes.map(({ ref }) => ref));
  const models = new Map<string, CatalogModel>();
  for (const model of [...used.map((ref) => facts.catalog.find(ref)), ...facts.catalog.list()]) {
    if (!models.has(model.name)) models.set(model.name, model);
  }
  return [...models.values()].map((model) => {
    const cooling = facts.cooling.find(({ name }) => name === model.name);
    return { ...model, usedBy: findUsers(model.name, plans), ...(cooling && { cooling }) };
  });
}

function findUsers(name: string, plans: Plans): UsedModel['usedBy'] {
  return [...plans].flatMap(([folder, { routes }]) => {
    const index = routes.findIndex((route) => route.name === name);
    return index < 0 ? [] : [{ folder, place: index + 1 }];
  });
}
