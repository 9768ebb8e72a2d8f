import {
  encodeLine,
  PROTOCOL_VERSION,
  type RunnerEvent,
  type RunRequest,
} from '@deckhand/protocol';

/** Exit codes of a process that SIGTERM or SIGKILL ended. */
const STOPPED = 143;
const KILLED = 137;

export interface YardAgentSpec {
  readonly id: string;
  readonly folder: string;
  readonly fingerprint: string;
  readonly groupPath: string;
  readonly ipcPath: string;
}

/** Who reads an agent's output. */
export interface Reader {
  onOutput(text: string): void;
  onExit(exitCode: number): void;
}

/** Does what one request asks; rejects with the signal's reason when the agent ends. */
export type Work = (request: RunRequest, agent: YardAgent, signal: AbortSignal) => Promise<void>;

type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event of a run without what the agent adds. */
export type Said = OmitEach<Exclude<RunnerEvent, { type: 'ready' }>, 'runId' | 'seq'>;

/**
 * An agent as the host sees a container: it has an output that can be read again from its first byte, and it lives
 * until somebody ends it: alive → ended.
 */
export class YardAgent {
  readonly spec: YardAgentSpec;
  readonly #work: Work;
  readonly #end = new AbortController();
  readonly #seqs = new Map<string, number>();
  /** Runs that it was given and that have not failed. */
  readonly #runs = new Set<string>();
  #output = '';
  #exitCode: number | undefined;
  #reader: Reader | undefined;

  constructor(spec: YardAgentSpec, work: Work) {
    this.spec = spec;
    this.#work = work;
    this.#write({ type: 'ready', v: PROTOCOL_VERSION, version: 'yard' });
  }

  get isAlive(): boolean {
    return this.#exitCode === undefined;
  }

  /** Whether it works on the run or has its result. */
  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** The reader before gets nothing more. */
  read(reader: Reader): void {
    this.#reader = reader;
    reader.onOutput(this.#output);
    if (this.#exitCode !== undefined) reader.onExit(this.#exitCode);
  }

  /** Its reader is gone; the agent goes on. */
  leave(reader: Reader): void {
    if (this.#reader === reader) this.#reader = undefined;
  }

  /** Begins a run. What a process that has ended is told is lost. */
  take(request: RunRequest): void {
    if (!this.isAlive) return;
    this.#runs.add(request.runId);
    void this.#run(request);
  }

  /** The next event of a run. */
  say(runId: string, said: Said): void {
    const seq = this.#seqs.get(runId) ?? 0;
    this.#seqs.set(runId, seq + 1);
    if (said.type === 'failed') this.#runs.delete(runId);
    this.#write({ ...said, runId, seq });
  }

  stop(): void {
    this.#exit(STOPPED);
  }

  kill(): void {
    this.#exit(KILLED);
  }

  async #run(request: RunRequest): Promise<void> {
    try {
      await this.#work(request, this, this.#end.signal);
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  #exit(exitCode: number): void {
    if (!this.isAlive) return;
    this.#exitCode = exitCode;
    this.#end.abort();
    this.#reader?.onExit(exitCode);
  }

  #write(event: RunnerEvent): void {
    if (!this.isAlive) return;
    const text = encodeLine(event);
    this.#output += text;
    this.#reader?.onOutput(text);
  }
}
