import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MUTATIONS } from './mutations.ts';

export interface Options {
  /** Histories to play. */
  readonly count: number;
  /** Of the first history; the others have the numbers after it. */
  readonly seed: number;
  readonly isJson: boolean;
  /** Puts a fault into the host: it must be found. */
  readonly mutate?: string | undefined;
  readonly workers: number;
}

export type OptionsOutcome =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly problem: string };

const MAX_SEED = 2 ** 32 - 1;
const DEFAULT_COUNT = '100000';

export const INTERLEAVINGS_HELP = `Plays histories of a host by their seeds and checks each; see docs/simulation.md.

  npm run interleavings                         ${DEFAULT_COUNT} histories from a drawn seed
  npm run interleavings -- --count 1 --seed 7   one history again

  --count N      how many histories
  --seed S       of the first history, 0 to ${MAX_SEED}; drawn and printed unless told
  --workers N    processes that play them, 1 to 64; one for each processor unless told
  --mutate NAME  build a fault into the host, which must be found: ${MUTATIONS.join(', ')}
  --json         print the result as one JSON object

Exit code 0: nothing was violated. 1: something was. 2: wrong arguments.
`;

const whole = z.string().regex(/^\d{1,10}$/);
const numberOf = (min: number, max: number) =>
  whole.transform(Number).pipe(z.number().min(min).max(max));

const valuesSchema = z.object({
  count: numberOf(1, 1_000_000_000),
  seed: numberOf(0, MAX_SEED),
  workers: numberOf(1, 64),
  mutate: z.enum(MUTATIONS).optional(),
  json: z.boolean(),
  help: z.boolean(),
});

const EXPECTED: Readonly<Record<string, string>> = {
  count: 'a whole number from 1 to 1000000000',
  seed: `a whole number from 0 to ${MAX_SEED}`,
  workers: 'a whole number from 1 to 64',
  mutate: `one of ${MUTATIONS.join(', ')}`,
};

/** Reads the arguments; `drawnSeed` is used where none is named. */
export function readOptions(argv: readonly string[], drawnSeed: number): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        count: { type: 'string', default: DEFAULT_COUNT },
        seed: { type: 'string', default: String(drawnSeed) },
        workers: { type: 'string', default: String(Math.min(64, availableParallelism())) },
        mutate: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { ok: 'help' };
    const parsed = valuesSchema.safeParse(values);
    if (!parsed.success) {
      const name = String(parsed.error.issues[0]?.path[0]);
      return { ok: false, problem: `--${name} takes ${EXPECTED[name]}` };
    }
    const { count, seed, workers, mutate, json: isJson } = parsed.data;
    return { ok: true, options: { count, seed, workers, mutate, isJson } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: error.message.split(/[.\n]/, 1)[0] ?? error.message };
  }
}
