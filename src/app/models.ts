import type { RegisteredGroup } from '../core/group.ts';
import { BUNDLED_ENTRIES } from '../core/models/bundled-entries.ts';
import { createCatalog } from '../core/models/catalog.ts';
import { createDescribeModel } from '../core/models/describe-model.ts';
import { effectiveModels } from '../core/models/effective-defaults.ts';
import { type ExplainedPlan, planRoutes } from '../core/models/routes.ts';
import type { DescribeModel } from '../core/models/traits.ts';
import { createModelStore } from '../db/models.ts';
import { readStoredCatalog } from '../models/stored-catalog.ts';
import type { AppBase } from './base.ts';

/** Plans with the defaults of the moment: a command may change them while the host runs. */
export function createPlanRoutes({
  config,
  db,
}: Pick<AppBase, 'config' | 'db'>): (group: RegisteredGroup) => ExplainedPlan {
  const models = createModelStore(db);
  return (group) => planRoutes({ group, ...effectiveModels(models.storedDefaults(), config) });
}

/** By the catalog as it is when the host starts. */
export function createCatalogDescription({
  paths,
  now,
}: Pick<AppBase, 'paths' | 'now'>): DescribeModel {
  const live = readStoredCatalog(paths.modelCatalog, now())?.lists ?? [];
  return createDescribeModel(createCatalog({ entries: BUNDLED_ENTRIES, live }));
}
