import { z } from 'zod';
import { effortSchema } from './effort.ts';
import type { ModelEntry } from './entry.ts';
import { formatModelRef, modelProviderSchema } from './model-ref.ts';
import { inferEntry } from './template.ts';

const liveModelSchema = z.strictObject({
  model: z.string().min(1),
  contextWindow: z.number().int().positive().exactOptional(),
  efforts: z.array(effortSchema).readonly().exactOptional(),
  defaultEffort: effortSchema.exactOptional(),
  isLite: z.boolean().exactOptional(),
});
/** A model as a program or a server has just listed it; what it does not tell is absent. */
export type LiveModel = Readonly<z.infer<typeof liveModelSchema>>;

export const liveListSchema = z.strictObject({
  provider: modelProviderSchema,
  /** Whether the provider serves nothing else to this credential. */
  isComplete: z.boolean(),
  models: z.array(liveModelSchema).readonly(),
});
export type LiveList = Readonly<z.infer<typeof liveListSchema>>;

/** The entries with what is live: it wins field by field, and models that are only live come last. */
export function mergeLive(
  entries: readonly ModelEntry[],
  lists: readonly LiveList[],
): readonly ModelEntry[] {
  const merged = new Map(entries.map((entry) => [formatModelRef(entry), entry]));
  for (const { provider, models } of lists) {
    for (const live of models) {
      const ref = { provider, model: live.model };
      const name = formatModelRef(ref);
      const base = merged.get(name) ?? inferEntry(ref, entries) ?? { efforts: [], isLite: false };
      merged.set(name, { ...base, ...live, provider });
    }
  }
  return [...merged.values()];
}
