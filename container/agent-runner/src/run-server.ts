import type { Provider as ProviderName, RunEvent, RunRequest } from '@deckhand/protocol';
import { executeRun } from './execute-run.ts';
import { readHostLine } from './host-line.ts';
import type { Provider } from './provider.ts';
import { RunStop } from './run-stop.ts';

/** The host sends one run at a time; a short queue takes the case that it is early. */
const MAX_QUEUED_RUNS = 8;

export interface RunServerDeps {
  readonly loadProvider: (name: ProviderName) => Promise<Provider>;
  readonly write: (event: RunEvent) => void;
  readonly log: (message: string) => void;
}

interface QueuedRun {
  readonly request: RunRequest;
  readonly stop: AbortController;
}

/**
 * Serves the lines of the host, one run after another:
 * `idle → running (others queued) → idle`; `close` stops all of them and takes no more.
 */
export class RunServer {
  readonly #deps: RunServerDeps;
  readonly #runs: QueuedRun[] = [];
  #work: Promise<void> | undefined;
  #isClosed = false;

  constructor(deps: RunServerDeps) {
    this.#deps = deps;
  }

  acceptLine(text: string): void {
    const read = readHostLine(text);
    if (read.status === 'noise') this.#deps.log(`line of the host ignored: ${read.reason}`);
    else if (read.status === 'bad_run') this.#refuse(read.runId, `bad request: ${read.reason}`);
    else if (read.line.type === 'run') this.#acceptRun(read.line);
    else this.#cancel(read.line.runId);
  }

  /** Resolves when every run has ended. */
  async close(reason: string): Promise<void> {
    this.#isClosed = true;
    for (const run of this.#runs) run.stop.abort(new RunStop('cancelled', reason));
    await this.#work;
  }

  #acceptRun(request: RunRequest): void {
    if (this.#runs.some((run) => run.request.runId === request.runId))
      // Answering would end the run of that id twice.
      return this.#deps.log('a second request with the id of an unfinished run was ignored');
    if (this.#isClosed) return this.#refuse(request.runId, 'the runner is stopping');
    if (this.#runs.length > MAX_QUEUED_RUNS) return this.#refuse(request.runId, 'too many runs');
    this.#runs.push({ request, stop: new AbortController() });
    this.#work ??= this.#drain();
  }

  #cancel(runId: string): void {
    const run = this.#runs.find((run) => run.request.runId === runId);
    if (!run) return this.#deps.log('a cancel for an unknown run was ignored');
    run.stop.abort(new RunStop('cancelled', 'the host cancelled the run'));
  }

  /** `bad_run` may carry the id of an unfinished run; that one keeps its own end. */
  #refuse(runId: string, detail: string): void {
    this.#deps.log(`run refused: ${detail}`);
    if (this.#runs.some((run) => run.request.runId === runId)) return;
    this.#deps.write({
      type: 'failed',
      runId,
      seq: 0,
      class: 'internal',
      detail: detail.slice(0, 2000),
      hasSideEffects: false,
    });
  }

  async #drain(): Promise<void> {
    for (let run = this.#runs[0]; run; run = this.#runs[0]) {
      const { request, stop } = run;
      const load = () => this.#deps.loadProvider(request.provider);
      await executeRun(request, load, this.#deps.write, stop.signal);
      this.#runs.shift();
    }
    this.#work = undefined;
  }
}
