import { PROTOCOL_VERSION } from '@deckhand/protocol';
import type { Logger } from '../logger.ts';
import type { AgentRuntime, AgentSpec } from './agent-runtime.ts';
import { EventFeed } from './event-feed.ts';
import { describeExit } from './run-session.ts';
import type { Agent } from './warm-pool.ts';

export interface AgentStarterDeps {
  readonly runtime: AgentRuntime;
  readonly logger: Logger;
  /** From start to the runner's `ready`, milliseconds. */
  readonly readyTimeoutMs: number;
}

/**
 * Starts an agent process and waits until its runner is ready. Rejects, with nothing left behind, when it
 * cannot start, dies, is too slow, or speaks another protocol.
 */
export async function startAgent(
  deps: AgentStarterDeps,
  spec: AgentSpec,
  fingerprint: string,
  runId: string,
  signal: AbortSignal,
): Promise<Agent> {
  const feed = new EventFeed(deps.logger.child({ folder: spec.folder }));
  const process = await deps.runtime.start({ spec, fingerprint, runId, feed }, signal);
  const agent = { process, feed, fingerprint };
  try {
    await untilReady(agent, deps.readyTimeoutMs, signal);
    return agent;
  } catch (error) {
    await process.stop('not ready');
    throw error;
  }
}

async function untilReady(agent: Agent, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const { process, feed } = agent;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const aborted = Promise.withResolvers<'aborted'>();
  const onAbort = () => aborted.resolve('aborted');
  if (limit.aborted) onAbort();
  else limit.addEventListener('abort', onAbort, { once: true });
  const first = await Promise.race([feed.ready, process.exited, aborted.promise]);
  limit.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  if (first === 'aborted') throw new Error(`the agent was not ready within ${timeoutMs} ms`);
  if (!('type' in first)) throw new Error(describeExit(first, feed.stderrTail));
  if (first.v !== PROTOCOL_VERSION) {
    throw new Error(
      `the agent image speaks protocol ${first.v}, this host ${PROTOCOL_VERSION}: build it again`,
    );
  }
}
