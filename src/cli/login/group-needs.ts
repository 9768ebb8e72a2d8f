import type { Config } from '../../config.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { effectiveModels, type StoredDefaults } from '../../core/models/effective-defaults.ts';
import { planRoutes } from '../../core/models/routes.ts';
import { createModelStore } from '../../db/models.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import type { GroupNeeds } from './sources.ts';

/** Of which providers each group asks models, by the same plan as its runs. */
export function listNeeds(
  context: CliContext,
  config: Config,
  groups: readonly RegisteredGroup[],
): GroupNeeds[] {
  const models = effectiveModels(readStoredDefaults(context), config);
  return groups.map((group) => {
    const { routes } = planRoutes({ group, ...models });
    return { folder: group.folder, providers: [...new Set(routes.map(({ ref }) => ref.provider))] };
  });
}

/** A database that cannot be read yet, as after an update, holds up `deckhand start` and not this. */
function readStoredDefaults(context: CliContext): StoredDefaults {
  try {
    const { database } = installationPaths(context);
    return readDatabase(database, (db) => createModelStore(db).storedDefaults()) ?? {};
  } catch (error) {
    if (error instanceof CliError) return {};
    throw error;
  }
}
