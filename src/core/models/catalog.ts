import type { ModelEntry, Retirement } from './entry.ts';
import type { LiveList } from './live-list.ts';
import { mergeLive } from './live-list.ts';
import { formatModelRef, type ModelRef } from './model-ref.ts';
import type { Observation } from './observation.ts';
import { inferEntry, withSpark } from './template.ts';

/**
 * - `working`: a run was answered by it
 * - `catalog`: listed
 * - `unsupported`: a run was told that it is not served to this credential
 * - `unknown`: not listed, or not listed any more; it may work all the same
 */
export type ModelStatus = 'working' | 'catalog' | 'unsupported' | 'unknown';

export interface CatalogModel {
  readonly ref: ModelRef;
  /** `provider/model`. */
  readonly name: string;
  readonly status: ModelStatus;
  /** Of the model itself, or of an older one that stands for it; absent when nothing is like it. */
  readonly entry?: ModelEntry;
  /** By public reports, and nothing live contradicts them. */
  readonly retirement?: Retirement;
}

export interface Catalog {
  /** `ref` is normalized. */
  find(ref: ModelRef): CatalogModel;
  /** Every listed model, in the order of the lists. */
  list(): readonly CatalogModel[];
}

export interface CatalogSources {
  readonly entries: readonly ModelEntry[];
  readonly live?: readonly LiveList[];
  readonly observations?: readonly Observation[];
}

export function createCatalog({ entries, live = [], observations = [] }: CatalogSources): Catalog {
  const known = withSpark(mergeLive(entries, live));
  const byName = new Map(known.map((entry) => [formatModelRef(entry), entry]));
  const seen = new Map(observations.map(({ name, status }) => [name, status]));
  const complete = live.filter((list) => list.isComplete);
  const find = (ref: ModelRef): CatalogModel => {
    const name = formatModelRef(ref);
    const own = byName.get(name);
    const lists = complete.filter(({ provider }) => provider === ref.provider);
    const isListed = lists.some(({ models }) => models.some(({ model }) => model === ref.model));
    const isOffered = lists.length > 0 ? isListed : own !== undefined;
    const status = seen.get(name) ?? (isOffered ? 'catalog' : 'unknown');
    const entry = own ?? inferEntry(ref, known);
    const retirement = isListed || status === 'working' ? undefined : own?.retirement;
    return { ref, name, status, ...(entry && { entry }), ...(retirement && { retirement }) };
  };
  return { find, list: () => known.map(({ provider, model }) => find({ provider, model })) };
}
