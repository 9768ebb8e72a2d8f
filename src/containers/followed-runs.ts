import type { Logger } from '../logger.ts';
import type { RunHandlers, RunOutcome } from '../ports.ts';
import type { AgentDisk } from './agent-disk.ts';
import { RunSession } from './run-session.ts';
import type { Agent, WarmPool } from './warm-pool.ts';

export interface FollowedRunsDeps {
  readonly pool: Pick<WarmPool, 'forget' | 'giveBack'>;
  readonly disk: Pick<AgentDisk, 'watchRun'> | undefined;
  /** What the runner gets on top of its own deadline, and after a cancel line; milliseconds. */
  readonly graceMs: number;
  /** Aborts when the host lets go of its runs. */
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

export interface SessionRun {
  readonly runId: string;
  readonly timeoutMs: number;
  readonly maxOutputChars: number;
}

/** The runs that go on, and what becomes of their processes afterwards: warm again, stopped, or left to the next host. */
export class FollowedRuns {
  readonly #deps: FollowedRunsDeps;
  readonly #sessions = new Set<RunSession>();

  constructor(deps: FollowedRunsDeps) {
    this.#deps = deps;
  }

  open({ process, feed }: Agent, run: SessionRun, handlers: RunHandlers): RunSession {
    const { graceMs, logger } = this.#deps;
    return new RunSession({
      process,
      feed,
      runId: run.runId,
      maxOutputChars: run.maxOutputChars,
      handlers,
      deadlineMs: run.timeoutMs + graceMs,
      graceMs,
      logger: logger.child({ runId: run.runId }),
    });
  }

  /** To the session's end. Aborting the signal cancels the run. */
  async follow(
    session: RunSession,
    agent: Agent,
    folder: string,
    signal: AbortSignal,
  ): Promise<RunOutcome> {
    const { outcome, isReusable } = await this.#untilEnd(session, folder, signal);
    const { pool, stopping } = this.#deps;
    if (outcome.status === 'detached') {
      pool.forget(folder);
      await agent.process.detach();
    } else if (stopping.aborted) {
      await agent.process.stop('host stops');
    } else {
      pool.giveBack(folder, isReusable);
    }
    return outcome;
  }

  /** Lets all of them go on without this host. */
  detach(): void {
    for (const session of this.#sessions) session.detach();
  }

  async #untilEnd(session: RunSession, folder: string, signal: AbortSignal) {
    const { disk, stopping } = this.#deps;
    using _watch = disk?.watchRun(folder, (reason) => session.stop('disk', reason));
    const onAbort = () => session.cancel();
    this.#sessions.add(session);
    if (stopping.aborted) session.detach();
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const end = await session.done;
    signal.removeEventListener('abort', onAbort);
    this.#sessions.delete(session);
    return end;
  }
}
