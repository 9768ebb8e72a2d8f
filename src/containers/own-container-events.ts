import type Docker from 'dockerode';
import { waitUnlessAborted } from '../wait.ts';
import { LABELS } from './labels.ts';

/** An engine that does not answer is asked again this much later. */
const RETRY_MS = 15_000;

/** `exec` in a container and the like change nothing of what a list of them shows. */
const EVENTS = ['create', 'start', 'die', 'destroy', 'pause', 'unpause'];

export interface FollowOptions {
  readonly connect: () => Promise<Docker>;
  readonly installationId: string;
  readonly onChange: () => void;
  readonly retryMs?: number;
}

/**
 * Tells until the signal aborts when the containers of one installation may have changed, and when the engine has come
 * or gone. Never rejects: without an engine there is nothing to tell.
 */
export async function followOwnContainers(
  { connect, installationId, onChange, retryMs = RETRY_MS }: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const filters = { event: EVENTS, label: [`${LABELS.installation}=${installationId}`] };
  // What the types of the library do not have.
  const options: Docker.GetEventsOptions = Object.assign(
    { filters: { ...filters, type: ['container' as const] } },
    { abortSignal: signal },
  );
  let isThere = true;
  while (!signal.aborted) {
    try {
      const docker = await connect();
      const events = await docker.getEvents(options);
      isThere = true;
      onChange();
      for await (const _event of events) onChange();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    if (signal.aborted) return;
    if (isThere) onChange();
    isThere = false;
    await waitUnlessAborted(retryMs, signal);
  }
}
