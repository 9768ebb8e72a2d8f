import fc, { type Scheduler } from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedQueue } from '../../src/engine/keyed-queue.ts';

/** A queue whose work ends when the scheduler says so, beside the plain list of who is to come. */
class ModelledQueue {
  readonly faults: string[] = [];
  readonly starts: string[] = [];
  readonly #waiting: string[] = [];
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #queue: KeyedQueue;
  readonly #scheduler: Scheduler;
  readonly #limit: number;

  constructor(scheduler: Scheduler, limit: number) {
    this.#scheduler = scheduler;
    this.#limit = limit;
    this.#queue = new KeyedQueue({
      limit,
      work: (key) => this.#work(key),
      brokenDelayMs: 1,
      after: () => () => undefined,
      onBroken: (key) => void this.faults.push(`${key} broke`),
    });
  }

  push(key: string): void {
    if (this.#running.has(key)) this.#again.add(key);
    else if (!this.#waiting.includes(key)) this.#waiting.push(key);
    this.#queue.push(key);
  }

  get left(): number {
    const { waiting, running } = this.#queue.size;
    return waiting + running + this.#waiting.length;
  }

  async #work(key: string): Promise<void> {
    const next = this.#waiting.shift();
    if (next !== key) this.faults.push(`${key} came before ${next}`);
    if (this.#running.has(key)) this.faults.push(`${key} runs twice`);
    this.#running.add(key);
    if (this.#running.size > this.#limit) this.faults.push('over the limit');
    this.starts.push(key);
    await this.#scheduler.schedule(Promise.resolve());
    this.#running.delete(key);
    if (this.#again.delete(key)) this.#waiting.push(key);
  }
}

test('P4: in every interleaving one work per chat runs, no more than the cap, in the order of asking, and each that asks has its turn', async () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 25, size: 'max' });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      keys,
      fc.integer({ min: 1, max: 3 }),
      async (scheduler, keys, limit) => {
        const queue = new ModelledQueue(scheduler, limit);
        for (const key of keys)
          void scheduler.schedule(Promise.resolve()).then(() => queue.push(key));
        await scheduler.waitIdle();
        expect(queue.faults).toEqual([]);
        expect(queue.left).toBe(0);
        expect(new Set(queue.starts)).toEqual(new Set(keys));
      },
    ),
    { numRuns: 1_500 },
  );
});
