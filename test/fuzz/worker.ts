import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { mutateSources } from '../mutation/mutate-sources.ts';
import { MUTATIONS } from './mutations.ts';
import type { Order, Report, WorkerSettings } from './worker-messages.ts';

/** The program of one thread: tries inputs in the order it is told. */
const { mutation, progress } = workerData as WorkerSettings;
const sourceRoot = join(import.meta.dirname, '..', '..', 'src');
if (mutation !== undefined) mutateSources(sourceRoot, MUTATIONS[mutation].changes);
const { tryOrder } = await import('./try-order.ts');
const underWay = new Int32Array(progress);
const report = (told: Report | 'loaded') => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(told);
};
parentPort?.on('message', (order: Order) => {
  report(tryOrder(order, (index) => Atomics.store(underWay, 0, index)));
});
report('loaded');
