import type { Config } from '../../config.ts';
import type { CoolingModel } from '../../core/fallback.ts';
import type { DefaultFor } from '../../core/models/built-in.ts';
import { BUNDLED_ENTRIES } from '../../core/models/bundled-entries.ts';
import { type Catalog, createCatalog } from '../../core/models/catalog.ts';
import {
  type ChosenDefault,
  type EffectiveModels,
  effectiveModels,
} from '../../core/models/effective-defaults.ts';
import type { Observation } from '../../core/models/observation.ts';
import { createModelStore } from '../../db/models.ts';
import { readStoredCatalog, type StoredCatalog } from '../../models/stored-catalog.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';

/** Everything that commands say about models. */
export interface ModelFacts {
  readonly catalog: Catalog;
  readonly stored: Readonly<Partial<Record<DefaultFor, ChosenDefault>>>;
  /** What holds for groups without a model of their own. */
  readonly effective: EffectiveModels;
  readonly cooling: readonly CoolingModel[];
  /** What was listed when somebody last asked for it. */
  readonly live: StoredCatalog | undefined;
}

interface StoredFacts {
  readonly defaults: ModelFacts['stored'];
  readonly cooling: readonly CoolingModel[];
  readonly observations: readonly Observation[];
}

const NOTHING_STORED: StoredFacts = { defaults: {}, cooling: [], observations: [] };

/** Reads them, also while a host is running. Throws CliError when the database cannot be read. */
export function readModelFacts(context: CliContext, config: Config): ModelFacts {
  const { database, modelCatalog } = installationPaths(context);
  const now = context.now();
  const stored =
    readDatabase(database, (db): StoredFacts => {
      const models = createModelStore(db);
      return {
        defaults: models.storedDefaults(),
        cooling: models.listCooling(now),
        observations: models.listObservations(),
      };
    }) ?? NOTHING_STORED;
  const live = readStoredCatalog(modelCatalog, now);
  return {
    catalog: createCatalog({
      entries: BUNDLED_ENTRIES,
      live: live?.lists ?? [],
      observations: stored.observations,
    }),
    stored: stored.defaults,
    effective: effectiveModels(stored.defaults, config),
    cooling: stored.cooling,
    live,
  };
}
