import { PROTOCOL_VERSION, type RunEvent, type RunRequest } from '@deckhand/protocol';
import type { AttemptFailure } from '../core/failure-class.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Logger } from '../logger.ts';
import type { RunHandlers, RunOutcome } from '../ports.ts';
import type { AgentExit, AgentProcess } from './agent-runtime.ts';
import { errorText } from './docker-errors.ts';
import type { EventFeed } from './event-feed.ts';

/** Longest detail of a failure, as in the protocol. */
const MAX_DETAIL_CHARS = 2000;
/** Output of one run, events, garbage and standard error together; protects the host. */
const MAX_RUN_BYTES = 64 * 1024 * 1024;

export interface RunSessionDeps {
  readonly process: AgentProcess;
  readonly feed: EventFeed;
  readonly runId: string;
  /** From now to the stop with reason `timeout`, milliseconds. */
  readonly deadlineMs: number;
  /** From the cancel line to the stop, milliseconds. */
  readonly graceMs: number;
  readonly maxOutputChars: number;
  readonly handlers: RunHandlers;
  readonly logger: Logger;
}

export interface RunEnd {
  readonly outcome: RunOutcome;
  /** The process is fit for the next run. */
  readonly isReusable: boolean;
}

/**
 * One run on a live process:
 * `running → ended` by a terminal event, the process's exit, or detach;
 * `running → cancelling → ended` by the runner's answer to the cancel line, or a stop after the grace;
 * `running | cancelling → stopping → ended` by deadline, flood or a handler that threw.
 * `ended` exactly once, and only after a stop has finished.
 */
export class RunSession {
  readonly done: Promise<RunEnd>;
  /** Resolves when the run's first event came. */
  readonly begun: Promise<void>;
  readonly #deps: RunSessionDeps;
  readonly #done = Promise.withResolvers<RunEnd>();
  readonly #begun = Promise.withResolvers<void>();
  #unsubscribe: () => void = () => undefined;
  readonly #deadline: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #state: 'running' | 'cancelling' | 'stopping' | 'ended' = 'running';
  #nextSeq = 0;
  /** Where the run's output begins; unknown for an adopted run until its first event. */
  #startBytes: number | undefined;
  #hasUsedTool = false;

  constructor(deps: RunSessionDeps) {
    this.#deps = deps;
    this.done = this.#done.promise;
    this.begun = this.#begun.promise;
    this.#deadline = setTimeout(() => {
      this.#stop('timeout', `no result within ${deps.deadlineMs} ms`);
    }, deps.deadlineMs);
    this.#unsubscribe = deps.feed.subscribe({
      onEvent: (event) => this.#onEvent(event),
      onBytes: (total) => this.#onBytes(total),
    });
    void deps.process.exited.then((exit) => this.#onExit(exit));
  }

  /** The run's first event came. */
  get hasBegun(): boolean {
    return this.#nextSeq > 0;
  }

  /** Names the process to the caller, then hands the request to it. */
  start(request: RunRequest): void {
    const { process, feed, handlers } = this.#deps;
    this.#startBytes = feed.bytes;
    try {
      handlers.onContainer(process.id);
    } catch (error) {
      this.#stop('internal', `the run could not be recorded: ${errorText(error)}`);
      return;
    }
    passCrashPoint('agent-started');
    process.send(request);
    passCrashPoint('request-sent');
  }

  /** Asks the runner to end the run, and stops the process when it does not within the grace period. */
  cancel(): void {
    if (this.#state !== 'running') return;
    this.#state = 'cancelling';
    const { process, runId, graceMs } = this.#deps;
    process.send({ type: 'cancel', v: PROTOCOL_VERSION, runId });
    this.#grace = setTimeout(() => this.#stop('cancelled', 'cancelled by the host'), graceMs);
  }

  /** Ends the run with its process, which is asked first and killed after the grace that stops have. */
  stop(failure: AttemptFailure, detail: string): void {
    this.#stop(failure, detail);
  }

  /** Lets the run go on without this host. */
  detach(): void {
    if (this.#state === 'running' || this.#state === 'cancelling') {
      this.#end({ status: 'detached' }, false);
    }
  }

  #onEvent(event: RunEvent): void {
    if (event.runId !== this.#deps.runId || this.#state === 'ended') return;
    if (event.seq < this.#nextSeq) return;
    this.#startBytes ??= this.#deps.feed.bytes;
    if (event.seq > this.#nextSeq) {
      const { seq } = event;
      this.#deps.logger.warn({ seq, expected: this.#nextSeq }, 'agent events are missing');
      // As when Docker's log has lost its beginning: a tool's may have been among them.
      this.#hasUsedTool = true;
    }
    this.#nextSeq = event.seq + 1;
    if (event.type === 'progress' && event.kind === 'tool') this.#hasUsedTool = true;
    this.#begun.resolve();
    this.#handOn(event);
    this.#endBy(event);
  }

  #handOn(event: RunEvent): void {
    passCrashPoint('event-received');
    try {
      this.#deps.handlers.onEvent(event);
    } catch (error) {
      this.#deps.logger.error({ err: error, type: event.type }, 'run event handler failed');
      this.#stop('internal', `an event could not be handled: ${errorText(error)}`);
    }
  }

  #endBy(event: RunEvent): void {
    if (this.#state === 'stopping' || this.#state === 'ended') return;
    if (event.type === 'result') {
      const { text, isCut } = cutText(event.text, this.#deps.maxOutputChars);
      const { sessionId, usage, isNotWoken } = event;
      const optional = {
        ...(sessionId && { sessionId }),
        ...(usage && { usage }),
        ...(isNotWoken && { isNotWoken }),
      };
      this.#end({ status: 'answered', text, isCut: isCut || event.isCut, ...optional }, true);
    } else if (event.type === 'failed') {
      const { detail, retryAt, hasSideEffects } = event;
      const optional = retryAt === undefined ? {} : { retryAt };
      this.#end(
        { status: 'failed', class: event.class, detail, hasSideEffects, ...optional },
        true,
      );
    }
  }

  #onBytes(total: number): void {
    if (total - (this.#startBytes ?? total) <= MAX_RUN_BYTES) return;
    this.#stop('internal', `the agent wrote more than ${MAX_RUN_BYTES} bytes`);
  }

  #onExit(exit: AgentExit): void {
    if (this.#state === 'stopping') return;
    if (this.#state === 'cancelling') {
      this.#fail('cancelled', 'cancelled by the host');
      return;
    }
    this.#fail('internal', describeExit(exit, this.#deps.feed.stderrTail));
  }

  #stop(failure: AttemptFailure, detail: string): void {
    if (this.#state === 'stopping' || this.#state === 'ended') return;
    this.#state = 'stopping';
    void this.#deps.process.stop(failure).then(() => this.#fail(failure, detail));
  }

  #fail(failure: AttemptFailure, detail: string): void {
    const hasSideEffects = this.#hasUsedTool;
    const cut = detail.slice(0, MAX_DETAIL_CHARS);
    this.#end({ status: 'failed', class: failure, detail: cut, hasSideEffects }, false);
  }

  #end(outcome: RunOutcome, isReusable: boolean): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    this.#unsubscribe();
    this.#done.resolve({ outcome, isReusable });
  }
}

/** One sentence for the log about a process that ended before its run. */
export function describeExit(exit: AgentExit, stderrTail: string): string {
  const tail = stderrTail === '' ? '' : `: ${stderrTail}`;
  if (exit.isLost) return 'the container engine stopped answering';
  if (exit.isOutOfMemory) return `the agent ran out of memory (exit ${exit.exitCode})${tail}`;
  return `the agent exited with ${exit.exitCode ?? 'an unknown code'} before its result${tail}`;
}

function cutText(text: string, maxChars: number): { text: string; isCut: boolean } {
  if (text.length <= maxChars) return { text, isCut: false };
  const cut = text.slice(0, maxChars);
  return { text: cut.isWellFormed() ? cut : cut.slice(0, -1), isCut: true };
}
