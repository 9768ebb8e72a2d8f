import type Docker from 'dockerode';
import type { Logger } from '../logger.ts';
import { isAlreadyDone } from './docker-errors.ts';
import { LABELS } from './labels.ts';

export interface ReaperDeps {
  readonly docker: Docker;
  readonly installationId: string;
  /** Folders with a run that may still be adopted; their containers are left to `adopt`. */
  readonly keepFolders: ReadonlySet<string>;
  readonly logger: Logger;
}

/**
 * Removes the containers an earlier host of this installation left behind, running or not. Other
 * installations' containers are never touched. Call it before any run; rejects when the engine does not
 * answer. Returns how many were removed.
 */
export async function reapContainers(deps: ReaperDeps): Promise<number> {
  const found = await deps.docker.listContainers({
    all: true,
    filters: { label: [`${LABELS.installation}=${deps.installationId}`] },
  });
  const orphans = found.filter(({ Labels }) => !deps.keepFolders.has(Labels[LABELS.folder] ?? ''));
  await Promise.all(orphans.map(({ Id }) => removeOrphan(deps, Id)));
  return orphans.length;
}

async function removeOrphan(deps: ReaperDeps, id: string): Promise<void> {
  try {
    await deps.docker.getContainer(id).remove({ force: true });
    deps.logger.info({ id }, 'removed orphan container');
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}
