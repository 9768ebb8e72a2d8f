import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MUTATIONS } from './mutations.ts';

const seedSchema = z.coerce.number().int().min(0).max(0xffff_ffff);

const optionsSchema = z.strictObject({
  count: z.coerce.number().int().min(1).default(100_000),
  /** Of the first history; the others have the numbers after it. */
  seed: seedSchema.optional(),
  json: z.boolean().default(false),
  /** Puts a fault into the host: it must be found. */
  mutate: z.enum(MUTATIONS).optional(),
  workers: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
});
export type Options = z.infer<typeof optionsSchema>;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      mutate: { type: 'string' },
      workers: { type: 'string' },
    },
  });
  return optionsSchema.parse(values);
}
