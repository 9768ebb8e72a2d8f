import type { Now } from '../clock.ts';
import type { Resolution, ResolveName } from './resolve-name.ts';

interface Entry {
  readonly resolution: Promise<Resolution>;
  readonly until: number;
}

/** A page asks many times for the same few names. */
const KEPT_MS = 60_000;
const MAX_NAMES = 256;

/**
 * Asks once for a name that one run wants several times, also at the same time; again for what nobody could say.
 * `signal` stands for the run.
 */
export function cacheNames(resolve: ResolveName, now: Now): ResolveName {
  const runs = new WeakMap<AbortSignal, Map<string, Entry>>();
  return async (name, signal) => {
    const names = runs.get(signal) ?? new Map<string, Entry>();
    runs.set(signal, names);
    const known = names.get(name);
    if (known !== undefined && known.until > now()) return known.resolution;
    const entry = { resolution: resolve(name, signal), until: now() + KEPT_MS };
    if (names.size >= MAX_NAMES) names.clear();
    names.set(name, entry);
    const resolution = await entry.resolution;
    if (resolution.status === 'failed' && names.get(name) === entry) names.delete(name);
    return resolution;
  };
}
