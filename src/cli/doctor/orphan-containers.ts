import type Docker from 'dockerode';
import { z } from 'zod';
import { isAlreadyDone } from '../../containers/docker-errors.ts';
import { LABELS } from '../../containers/labels.ts';
import { isLeftByCommand, oneOffOwner } from '../../containers/one-off.ts';
import { type Finding, warning } from './finding.ts';

const containerSchema = z.object({
  Id: z.string(),
  State: z.string(),
  /** Unix seconds. */
  Created: z.number().default(0),
  Labels: z.record(z.string(), z.string()),
});
type Found = z.infer<typeof containerSchema>;

export interface ContainerOwners {
  /** Undefined before the first start. */
  readonly installationId: string | undefined;
  /** Folders whose containers somebody will use: of all groups while the host runs, of unfinished runs otherwise. */
  readonly usedFolders: ReadonlySet<string>;
}

export interface ContainerDeps {
  readonly docker: Docker;
  readonly now: () => number;
  /** Undefined when it cannot be read: then nothing is known to be without an owner. */
  readonly readOwners: () => ContainerOwners | undefined;
}

export interface ContainerCheck {
  readonly findings: readonly Finding[];
  /** Containers of other installations on this engine, which are nobody's business here. */
  readonly foreign: number;
}

/** Containers of this installation that nobody owns. */
export async function checkContainers(
  deps: ContainerDeps,
  signal: AbortSignal,
): Promise<ContainerCheck> {
  const { orphans, foreign } = await lookAround(deps, signal);
  if (orphans.length === 0) return { findings: [], foreign };
  const what = orphans.length === 1 ? '1 container' : `${orphans.length} containers`;
  const folders = [...new Set(orphans.map(({ Labels }) => Labels[LABELS.folder] ?? '?'))];
  const detail = `${what} of this installation that nobody uses, for ${folders.join(', ')}`;
  const fix = {
    removes: `remove ${what} that nobody uses (${folders.join(', ')})`,
    async apply(applySignal: AbortSignal) {
      // The answer may have taken minutes, and a host may have begun with one of them.
      const { orphans: now } = await lookAround(deps, applySignal);
      const ids = now.map(({ Id }) => Id).filter((id) => orphans.some(({ Id }) => Id === id));
      for (const id of ids) await remove(deps.docker, id);
      return `removed ${ids.length === orphans.length ? what : `${ids.length} of ${what}`}`;
    },
  };
  const mend =
    'The next start of the host removes what is in its way; all of them:\n$ npx deckhand doctor --fix';
  return { findings: [warning('orphans.containers', detail, mend, fix)], foreign };
}

async function lookAround({ docker, now, readOwners }: ContainerDeps, signal: AbortSignal) {
  const listed = await docker.listContainers({
    all: true,
    filters: { label: [LABELS.installation] },
    abortSignal: signal,
  });
  const found = containerSchema.array().parse(listed);
  // After the list: whoever has begun with one of them since is seen.
  const owners = readOwners();
  if (owners === undefined) return { orphans: [], foreign: 0 };
  return {
    orphans: found.filter((container) => isOrphan(container, owners, now())),
    foreign: found.filter((container) => !isOurs(container, owners)).length,
  };
}

function isOurs({ Labels }: Found, { installationId }: ContainerOwners): boolean {
  if (installationId === undefined) return false;
  const owner = Labels[LABELS.installation];
  return owner === installationId || owner === oneOffOwner(installationId);
}

function isOrphan(container: Found, owners: ContainerOwners, now: number): boolean {
  if (!isOurs(container, owners)) return false;
  const { Labels } = container;
  if (Labels[LABELS.installation] === owners.installationId) {
    return !owners.usedFolders.has(Labels[LABELS.folder] ?? '');
  }
  return isLeftByCommand(container, now);
}

async function remove(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true });
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}
