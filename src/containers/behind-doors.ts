import { DOOR_FOLDER } from '@deckhand/protocol';
import type Docker from 'dockerode';
import { LABELS } from './labels.ts';

/**
 * The folders of this installation with a container that was made with a door, running or not: a setting that changed
 * meanwhile gives it no other way. Rejects when the engine does not answer.
 */
export async function findBehindDoors(
  docker: Docker,
  installationId: string,
): Promise<ReadonlySet<string>> {
  const found = await docker.listContainers({
    all: true,
    filters: { label: [`${LABELS.installation}=${installationId}`] },
  });
  const behind = found.filter(({ Mounts }) =>
    Mounts.some(({ Destination }) => Destination === DOOR_FOLDER),
  );
  return new Set(behind.map(({ Labels }) => Labels[LABELS.folder] ?? ''));
}
