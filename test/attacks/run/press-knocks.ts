import type { HostSite } from './host-site.ts';
import { inside } from './inside.ts';

export const KNOCK = inside('knock');
/** What has begun in the container is waited for: else it would go on beside the next questions. */
export const never = new AbortController().signal;

/** Knocks at the host's door without end, hundreds of times in a run. */
export async function pressKnocks(site: HostSite, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await site.program(KNOCK, { times: 20 }, never);
}
