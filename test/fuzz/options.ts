import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MUTATION_NAMES } from './mutations.ts';
import { TARGET_NAMES } from './target-names.ts';

const MAX_SEED = 2 ** 32 - 1;
const DEFAULT_INPUTS = '1000000';

export const FUZZ_HELP = `Tries what others may write on the program that reads it; see docs/fuzzing.md.

  npm run fuzz                                        ${DEFAULT_INPUTS} inputs from a drawn seed
  npm run fuzz -- --seconds 60                        as many as there is time for
  npm run fuzz -- --target splitter --input YWJj      one input again, in base64url

  --inputs N     how many inputs in total, each target the same share; ${DEFAULT_INPUTS} unless told or --seconds is given
  --seconds S    stop after this time
  --seed K       of the inputs, 0 to ${MAX_SEED}; drawn and printed unless told
  --target LIST  these alone, with commas between: ${TARGET_NAMES.join(', ')}
  --first I      number of the first input of each target; 0 unless told
  --input DATA   this input alone, of the one target that is named
  --workers N    threads, 1 to 64; one for each processor unless told
  --mutate NAME  build a fault into the program, which must be found: ${MUTATION_NAMES.join(', ')}
  --keep         write what breaks into test/fuzz/regressions.json, which every test run tries again
  --json         print the result as one JSON object

Exit code 0: nothing broke. 1: something did. 2: wrong arguments.
`;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const valuesSchema = z.object({
  inputs: whole(1, 1e11).optional(),
  seconds: whole(1, 1_000_000).optional(),
  seed: whole(0, MAX_SEED),
  target: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(TARGET_NAMES)).min(1)),
  first: whole(0, 1e11),
  input: z
    .base64url()
    .transform((text) => Buffer.from(text, 'base64url'))
    .optional(),
  workers: whole(1, 64),
  mutate: z.enum(MUTATION_NAMES).optional(),
  keep: z.boolean(),
  json: z.boolean(),
});

type Values = z.infer<typeof valuesSchema>;
export type Options = Omit<Values, 'target' | 'inputs'> & {
  readonly targets: Values['target'];
  /** In total; without end when only time is limited. */
  readonly inputs: number;
};

export type OptionsOutcome =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly problem: string };

const EXPECTED: Readonly<Record<string, string>> = {
  inputs: 'a whole number from 1',
  seconds: 'a whole number from 1 to 1000000',
  seed: `a whole number from 0 to ${MAX_SEED}`,
  target: `one or more of ${TARGET_NAMES.join(', ')}`,
  first: 'a whole number',
  input: 'bytes in base64url',
  workers: 'a whole number from 1 to 64',
  mutate: `one of ${MUTATION_NAMES.join(', ')}`,
};

/** Reads the arguments; `drawnSeed` is used where none is named. */
export function readOptions(argv: readonly string[], drawnSeed: number): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        inputs: { type: 'string' },
        seconds: { type: 'string' },
        seed: { type: 'string', default: String(drawnSeed) },
        target: { type: 'string', default: TARGET_NAMES.join(',') },
        first: { type: 'string', default: '0' },
        input: { type: 'string' },
        workers: { type: 'string', default: String(Math.min(64, availableParallelism())) },
        mutate: { type: 'string' },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { ok: 'help' };
    const parsed = valuesSchema.safeParse(values);
    if (parsed.success) return check(parsed.data);
    const name = String(parsed.error.issues[0]?.path[0]);
    return { ok: false, problem: `--${name} takes ${EXPECTED[name]}` };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: error.message.split(/[.\n]/, 1)[0] ?? error.message };
  }
}

function check({ target: targets, inputs: asked, ...rest }: Values): OptionsOutcome {
  if (rest.input !== undefined && targets.length !== 1)
    return { ok: false, problem: '--input belongs to one --target' };
  const inputs = asked ?? (rest.seconds === undefined ? Number(DEFAULT_INPUTS) : Infinity);
  return { ok: true, options: { ...rest, targets, inputs } };
}
