import { parseArgs } from 'node:util';
import { MUTATION_NAMES, type Mutation } from './mutations.ts';

export type Runtime = 'docker' | 'process';

export interface Options {
  /** Rows by their ids; all that the runtime has when absent. */
  readonly only?: readonly string[];
  readonly runtime: Runtime;
  /** Switches a control off. */
  readonly mutation?: Mutation;
  /** A few questions, of which no ratio is judged. */
  readonly isQuick: boolean;
  readonly isJson: boolean;
}

export type OptionsOutcome =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly problem: string };

/** Rows of the threat table that can be asked for. */
const ROW_ID = /^T([1-9]|1\d|2[0-2])$/;

export const ATTACKS_HELP = `Attacks a host as hostile groups would, and measures what quiet ones notice; see docs/attacks.md.

  npm run attacks                    all attacks
  npm run attacks -- --only T4,T6    these alone

  --only LIST      ids of rows of the threat table, with commas between
  --runtime WHERE  where agents live: docker, in containers; process, without isolation, for the rows that need none;
                   docker unless told
  --mutate NAME    switch a control off, of which the row must fail: ${MUTATION_NAMES.join(', ')}
  --quick          ask quiet groups a few times alone, and judge no latencies
  --json           print the result as one JSON object

Exit code 0: all were stopped, and quiet groups' p99 was within twice of what it is without. 1: not. 2: wrong arguments.
`;

const OPTIONS = {
  only: { type: 'string' },
  runtime: { type: 'string', default: 'docker' },
  mutate: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the arguments. */
export function readOptions(argv: readonly string[]): OptionsOutcome {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    return values.help ? { ok: 'help' } : check(values);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse(error.message.split(/[.\n]/, 1)[0] ?? error.message);
  }
}

interface Values {
  only?: string;
  runtime: string;
  mutate?: string;
  quick: boolean;
  json: boolean;
}

function check({ only, runtime, mutate, quick, json }: Values): OptionsOutcome {
  const ids = only?.split(',');
  const unknown = ids?.find((id) => !ROW_ID.test(id));
  if (unknown !== undefined) return refuse(`--only takes ids such as T4,T6, not "${unknown}"`);
  if (runtime !== 'docker' && runtime !== 'process')
    return refuse('--runtime takes docker or process');
  const mutation = MUTATION_NAMES.find((name) => name === mutate);
  if (mutate !== undefined && mutation === undefined) return refuse(`no mutation "${mutate}"`);
  const options = {
    runtime,
    isQuick: quick,
    isJson: json,
    ...(ids && { only: ids }),
    ...(mutation && { mutation }),
  } as const;
  return { ok: true, options };
}

function refuse(problem: string): OptionsOutcome {
  return { ok: false, problem };
}
