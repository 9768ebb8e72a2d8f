import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../../src/errno.ts';
import type { HostProcess } from '../probe/host-process.ts';
import type { HostSample } from '../probe/host-sample.ts';

const SAMPLE_MS = 1_000;
/** A full collection takes the host some 30 ms, so not with each sample. */
const COLLECTIONS_PER_SOAK = 150;

export interface SoakSample extends HostSample {
  /** Seconds since the first sample. */
  readonly atS: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
}

/** Samples once a second for a time. Rejects when the host has ended or the signal aborts. */
export async function sampleHost(
  host: HostProcess,
  database: string,
  minutes: number,
  signal: AbortSignal,
): Promise<SoakSample[]> {
  const samples: SoakSample[] = [];
  const seconds = Math.round(minutes * 60);
  const everyS = Math.max(2, Math.round(seconds / COLLECTIONS_PER_SOAK));
  const startedAt = performance.now();
  while (samples.length < seconds) {
    const isCollecting = samples.length % everyS === 0;
    const sample = await host.sample(isCollecting, signal);
    const atS = (performance.now() - startedAt) / 1_000;
    const files = {
      databaseBytes: await sizeOf(database),
      walBytes: await sizeOf(`${database}-wal`),
    };
    samples.push({ ...sample, ...files, atS });
    if (atS >= seconds) break;
    await delay(Math.max(0, samples.length * SAMPLE_MS - atS * 1_000), undefined, { signal });
  }
  return samples;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}
