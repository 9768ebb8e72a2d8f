import type { CatalogModel } from './catalog.ts';
import { isRetired, type Retirement } from './entry.ts';

export interface Doubt {
  /** A whole sentence. */
  readonly text: string;
  /** Whether a person should confirm that the model is wanted all the same. */
  readonly isGrave: boolean;
}

/** What speaks against a model; undefined when nothing does. `now` in unix milliseconds. */
export function findDoubt(model: CatalogModel, now: number): Doubt | undefined {
  const { name, status, retirement } = model;
  if (status === 'unsupported') {
    return { text: `${name} is not supported: a run was told so.`, isGrave: true };
  }
  if (retirement !== undefined && isRetired(retirement, now)) {
    return { text: `${name} is ${describeRetirement(retirement)}.`, isGrave: true };
  }
  if (status === 'unknown') {
    const text = `${name} is not in the catalog; it may work all the same.`;
    return { text, isGrave: false };
  }
  return undefined;
}

export function describeRetirement({ since, source }: Retirement): string {
  return `retired for ChatGPT accounts since ${since}, by ${source}`;
}
