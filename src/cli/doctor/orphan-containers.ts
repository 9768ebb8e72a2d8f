import type Docker from 'dockerode';
import { z } from 'zod';
import { isAlreadyDone } from '../../containers/docker-errors.ts';
import { LABELS } from '../../containers/labels.ts';
import { oneOffOwner } from '../../containers/one-off.ts';
import { type Finding, warning } from './finding.ts';

/** A container of a command that was made but not started after this long will never be. */
const START_WITHIN_MS = 60_000;

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
  readonly now: number;
}

export interface ContainerCheck {
  readonly findings: readonly Finding[];
  /** Containers of other installations on this engine, which are nobody's business here. */
  readonly foreign: number;
}

/** Containers of this installation that nobody owns. */
export async function checkContainers(
  docker: Docker,
  owners: ContainerOwners,
  signal: AbortSignal,
): Promise<ContainerCheck> {
  const listed = await docker.listContainers({
    all: true,
    filters: { label: [LABELS.installation] },
    abortSignal: signal,
  });
  const found = containerSchema.array().parse(listed);
  const orphans = found.filter((container) => isOrphan(container, owners));
  const foreign = found.filter((container) => !isOurs(container, owners)).length;
  if (orphans.length === 0) return { findings: [], foreign };
  const what = orphans.length === 1 ? '1 container' : `${orphans.length} containers`;
  const folders = [...new Set(orphans.map(({ Labels }) => Labels[LABELS.folder] ?? '?'))];
  const detail = `${what} of this installation that nobody uses, for ${folders.join(', ')}`;
  const fix = {
    removes: `remove ${what} that nobody uses (${folders.join(', ')})`,
    async apply() {
      for (const { Id } of orphans) await remove(docker, Id);
      return `removed ${what}`;
    },
  };
  const mend =
    'The next start of the host removes what is in its way; all of them:\n$ npx deckhand doctor --fix';
  return { findings: [warning('orphans.containers', detail, mend, fix)], foreign };
}

function isOurs({ Labels }: Found, { installationId }: ContainerOwners): boolean {
  if (installationId === undefined) return false;
  const owner = Labels[LABELS.installation];
  return owner === installationId || owner === oneOffOwner(installationId);
}

/** A command's container ends with its command; one that runs has a command that waits for it. */
function isOrphan(container: Found, owners: ContainerOwners): boolean {
  if (!isOurs(container, owners)) return false;
  const { Labels, State, Created } = container;
  if (Labels[LABELS.installation] === owners.installationId) {
    return !owners.usedFolders.has(Labels[LABELS.folder] ?? '');
  }
  if (State === 'created') return Created * 1000 < owners.now - START_WITHIN_MS;
  return State === 'exited' || State === 'dead';
}

async function remove(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true });
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}
