import type { Logger } from '../logger.ts';
import type { RunHandlers } from '../ports.ts';
import { waitForAbort } from '../wait.ts';
import type { AgentRuntime, FoundAgent } from './agent-runtime.ts';
import { EventFeed } from './event-feed.ts';
import type { RunSession } from './run-session.ts';
import { firstWithin } from './time-limit.ts';
import type { Agent } from './warm-pool.ts';

export interface AdoptionDeps {
  readonly runtime: AgentRuntime;
  readonly logger: Logger;
  /** How long a live process may be silent before it counts as not having the run, milliseconds. */
  readonly waitMs: number;
  openSession(agent: Agent, handlers: RunHandlers): RunSession;
}

/** A process that goes on talking of other things has not been given the run either, after so many waits. */
const MAX_WAITS = 30;

export interface AdoptedRun {
  readonly agent: Agent;
  readonly session: RunSession;
}

/**
 * Looks for a run among the processes an earlier host left in a folder, and takes it over. A label cannot
 * tell, because a warm process serves many runs: its events are read again and searched for the run. All
 * other processes of the folder are stopped; one that never shows the run was never given it, because the
 * host died between start and request. When the signal aborts, what has not shown it yet is left to the next host.
 */
export async function adoptRun(
  deps: AdoptionDeps,
  folder: string,
  handlers: RunHandlers,
  signal: AbortSignal,
): Promise<AdoptedRun | undefined> {
  let adopted: AdoptedRun | undefined;
  for (const found of await deps.runtime.find(folder, signal)) {
    if (signal.aborted) break;
    try {
      if (adopted === undefined) adopted = await tryAdopt(deps, found, folder, handlers, signal);
      else await discard(deps, found, signal);
    } catch (error) {
      // Gone meanwhile, most likely; one of the others may still have the run.
      deps.logger.warn({ err: error, folder, id: found.id }, 'found agent could not be taken over');
    }
  }
  return adopted;
}

async function tryAdopt(
  deps: AdoptionDeps,
  found: FoundAgent,
  folder: string,
  handlers: RunHandlers,
  signal: AbortSignal,
): Promise<AdoptedRun | undefined> {
  const feed = new EventFeed(deps.logger.child({ folder }));
  const process = await deps.runtime.adopt(found, feed, signal);
  const agent = { process, feed, fingerprint: found.fingerprint };
  const session = deps.openSession(agent, announcing(handlers, process.id));
  await untilShown(agent, session, deps.waitMs, signal);
  if (session.hasBegun) return { agent, session };
  session.detach();
  if (signal.aborted) await process.detach();
  else await process.stop('does not have the run');
  return undefined;
}

/** Resolves when the run has begun, the process has ended, no more of its output is to come, or the signal aborts. */
async function untilShown(
  { process, feed }: Agent,
  { begun }: RunSession,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const aborted = waitForAbort(AbortSignal.any([signal, over.signal]));
  for (let waits = 0; waits < MAX_WAITS; waits += 1) {
    const { bytes } = feed;
    const first = await firstWithin<unknown>([begun, process.exited, aborted], waitMs);
    if (first !== 'timeout' || feed.bytes === bytes) break;
  }
  over.abort();
}

/** Tells which process serves the run before its first event, as for a run of this host. */
function announcing(handlers: RunHandlers, id: string): RunHandlers {
  let isAnnounced = false;
  return {
    onContainer: (containerId) => handlers.onContainer(containerId),
    onEvent(event) {
      if (!isAnnounced) handlers.onContainer(id);
      isAnnounced = true;
      handlers.onEvent(event);
    },
  };
}

async function discard(deps: AdoptionDeps, found: FoundAgent, signal: AbortSignal): Promise<void> {
  const process = await deps.runtime.adopt(found, new EventFeed(deps.logger), signal);
  await process.stop('second process of its group');
}
