import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Mutation } from './mutations.ts';
import type { Order, Report, WorkerSettings } from './worker-messages.ts';

/** An input that is under way for so long, by the wall clock, hangs: the slowest known ones take a fifth of a second. */
const HANG_MS = 20_000;
/** Memory of one thread, in MB. */
const MAX_MEMORY_MB = 512;
/** How a thread says that it has died of its memory. */
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

export interface FuzzWorkerOptions {
  readonly mutation?: Mutation | undefined;
  /** For tests: of an input that hangs. */
  readonly hangMs?: number;
}

/** A thread that tries inputs, and is replaced by another when one hangs or takes all memory. */
export class FuzzWorker implements AsyncDisposable {
  readonly #options: FuzzWorkerOptions;
  readonly #progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #underWay = new Int32Array(this.#progress);
  #worker: Promise<Worker> | undefined;

  constructor(options: FuzzWorkerOptions = {}) {
    this.#options = options;
  }

  /** Rejects when the thread dies of anything but an input. */
  async give(order: Order): Promise<Report> {
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    Atomics.store(this.#underWay, 0, 0);
    const { promise, resolve, reject } = Promise.withResolvers<Report>();
    const onError = (error: Error & { code?: string }) => {
      this.#worker = undefined;
      if (error.code === OUT_OF_MEMORY) resolve(this.#broken(order, 'takes all memory'));
      else reject(error);
    };
    const stopWatching = this.#watch(() => resolve(this.#broken(order, 'hangs')));
    worker.once('message', resolve).once('error', onError);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(order);
    try {
      return await promise;
    } finally {
      stopWatching();
      worker.off('message', resolve).off('error', onError);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = await this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #start(): Promise<Worker> {
    const { mutation } = this.#options;
    const workerData: WorkerSettings = { mutation, progress: this.#progress };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    });
    await once(worker, 'message');
    return worker;
  }

  /** Calls when the same input has been under way for two looks, after the thread has been ended. */
  #watch(onHang: () => void): () => void {
    let last = -1;
    const look = setInterval(() => {
      const now = Atomics.load(this.#underWay, 0);
      if (now === last) {
        clearInterval(look);
        void this[Symbol.asyncDispose]().then(onHang);
      }
      last = now;
    }, this.#options.hangMs ?? HANG_MS);
    return () => clearInterval(look);
  }

  #broken(order: Order, problem: string): Report {
    const at = Atomics.load(this.#underWay, 0);
    const index = order.type === 'series' ? order.first + at : 0;
    return { type: 'broken', tried: at + 1, index, problem };
  }
}
