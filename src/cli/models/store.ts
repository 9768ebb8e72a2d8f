import { existsSync, mkdirSync } from 'node:fs';
import { modelsAskedBy } from '../../core/models/own-models.ts';
import type { RouteInput } from '../../core/models/routes.ts';
import { openDatabase } from '../../db/database.ts';
import { createModelStore, type ModelStore } from '../../db/models.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';

/**
 * Changes what is stored about models in one transaction; a running host reads it before its next run.
 * Makes the database when there is none: somebody may sign in before the first link. Throws CliError when
 * its schema is not the one of this version.
 */
export function changeModels<T>(context: CliContext, change: (models: ModelStore) => T): T {
  const { data, database } = installationPaths(context);
  // Before it is opened for writing: a schema of another version is for the host to deal with.
  if (existsSync(database)) readDatabase(database, () => true);
  else mkdirSync(data, { recursive: true, mode: 0o700 });
  const db = openDatabase(database);
  try {
    const models = createModelStore(db);
    return db.transaction(() => change(models)).immediate();
  } finally {
    db.close();
  }
}

/** Whoever chooses models for a group wants them asked: what earlier runs were told no longer counts. */
export function clearMarks(context: CliContext, group: RouteInput['group']): void {
  changeModels(context, (models) => {
    for (const name of modelsAskedBy(group)) {
      models.endCoolDown(name);
      models.forgetObservation(name);
    }
  });
}
