import type { Catalog } from './catalog.ts';
import { clampEffort, type Effort } from './effort.ts';
import type { ModelRef } from './model-ref.ts';
import type { DescribeModel } from './traits.ts';

/** Efforts that every reasoning model of OpenAI has taken so far. */
const COMMON: readonly Effort[] = ['low', 'medium', 'high'];

/** What requests depend on, by the catalog; a model that nothing is like gets what most would take. */
export function createDescribeModel(catalog: Pick<Catalog, 'find'>): DescribeModel {
  return (ref) => {
    const { entry } = catalog.find(ref);
    const { model } = ref;
    const support = { model, efforts: entry?.efforts ?? guessEfforts(ref) };
    return {
      isLite: entry?.isLite ?? false,
      clampEffort: (wanted) =>
        clampEffort({ ...support, defaultEffort: entry?.defaultEffort }, wanted),
    };
  };
}

/** The generations before gpt-5 refuse a request that names an effort. */
function guessEfforts({ provider, model }: ModelRef): readonly Effort[] {
  return provider === 'anthropic' || /^gpt-[1-4]/i.test(model) ? [] : COMMON;
}
