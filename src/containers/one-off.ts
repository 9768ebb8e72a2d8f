import type Docker from 'dockerode';
import type { Now } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { isAlreadyDone } from './docker-errors.ts';
import { LABELS } from './labels.ts';

/** A container that was made but not started after this long will never be. */
const START_WITHIN_MS = 60_000;

export interface OneOffSweepDeps {
  readonly docker: Docker;
  readonly installationId: string;
  readonly now: Now;
  readonly logger: Logger;
}

/**
 * Value of the installation label of agents that serve one command beside the host. It differs from the host's
 * own, so that no query of the host finds them: it neither adopts nor reaps what a person is waiting for.
 */
export function oneOffOwner(installationId: string): string {
  return `${installationId}:one-off`;
}

/**
 * Whether the container of a command has no command any more. It ends with its command; one that runs has a command that
 * waits for it. `State` is Docker's word, `Created` in unix seconds, `now` in milliseconds.
 */
export function isLeftByCommand(
  { State, Created }: { readonly State: string; readonly Created: number },
  now: number,
): boolean {
  if (State === 'created') return Created * 1000 < now - START_WITHIN_MS;
  return State === 'exited' || State === 'dead';
}

/**
 * Removes what is left of commands that were killed. Their agents have ended by themselves, because their input
 * ended with the command; one that still runs has a command that waits for it. Rejects when the engine does not
 * answer. Returns how many were removed.
 */
export async function sweepOneOffs(deps: OneOffSweepDeps): Promise<number> {
  const found = await deps.docker.listContainers({
    all: true,
    filters: {
      label: [`${LABELS.installation}=${oneOffOwner(deps.installationId)}`],
      status: ['created', 'exited', 'dead'],
    },
  });
  const left = found.filter((container) => isLeftByCommand(container, deps.now()));
  await Promise.all(left.map(({ Id }) => remove(deps, Id)));
  return left.length;
}

async function remove({ docker, logger }: OneOffSweepDeps, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true });
    logger.info({ id }, 'removed the container of a command that was killed');
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}
