import type Docker from 'dockerode';
import { z } from 'zod';
import { LABELS } from './labels.ts';

/** An engine on this machine answers within milliseconds; nobody must wait for one that does not. */
const ANSWER_WITHIN_MS = 3_000;

export interface OwnContainer {
  /** The first twelve digits, as Docker shows them. */
  readonly id: string;
  readonly folder: string;
  /** Docker's word: running, exited, … */
  readonly state: string;
}

const containersSchema = z.array(
  z.object({ Id: z.string(), State: z.string(), Labels: z.record(z.string(), z.string()) }),
);

/** The containers of one installation, also stopped ones; undefined when no engine answers. */
export async function listOwnContainers(
  connect: () => Promise<Docker>,
  installationId: string,
  signal: AbortSignal,
): Promise<OwnContainer[] | undefined> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const filters = { label: [`${LABELS.installation}=${installationId}`] };
  try {
    const docker = await connect();
    const found = await docker.listContainers({ all: true, filters, abortSignal });
    return containersSchema.parse(found).map(({ Id, State, Labels }) => ({
      id: Id.slice(0, 12),
      folder: Labels[LABELS.folder] ?? '',
      state: State,
    }));
  } catch (error) {
    if (error instanceof Error && !(error instanceof z.ZodError) && !signal.aborted)
      return undefined;
    throw error;
  }
}
