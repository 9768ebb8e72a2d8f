import { parseArgs } from 'node:util';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.ts';
import { MUTATION_NAMES, type Mutation } from './mutations.ts';

export interface LoopOptions {
  /** How many times the host is killed. */
  readonly kills: number;
  /** Decides traffic, faults and kills. */
  readonly seed: number;
  /** Kills at this crash point alone. */
  readonly point?: CrashPoint;
  /** Builds a fault into the host that the loop must find. */
  readonly mutation?: Mutation;
  /** Agents are in containers, of which each kill may take one. */
  readonly isDocker?: true;
}

export type OptionsOutcome =
  | { readonly ok: true; readonly options: LoopOptions; readonly isJson: boolean }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly problem: string };

const MAX_SEED = 2 ** 32 - 1;
const DEFAULT_KILLS = '200';

export const CRASH_LOOP_HELP = `Kills a host over and over and counts what was lost or done twice; see docs/crash-loop.md.

  npm run crash-loop -- --kills 1000 --seed 7
  npm run --silent crash-loop -- --kills 1000 --json

  --kills N        how many times the host is killed; ${DEFAULT_KILLS} unless told
  --seed S         traffic, faults and kills of this number, 0 to ${MAX_SEED}; drawn and printed unless told
  --runtime WHERE  where agents live: yard, in this process; docker, in containers; yard unless told
  --json           print the result as one JSON object
  --point NAME     kill at this crash point alone: ${Object.keys(CRASH_POINTS).join(', ')}
  --mutate NAME    build a fault into the host, which the loop must find: ${MUTATION_NAMES.join(', ')}

Exit code 0: nothing was lost, repeated or left over. 1: something was, and the folder is kept.
`;

const OPTIONS = {
  kills: { type: 'string', default: DEFAULT_KILLS },
  seed: { type: 'string' },
  point: { type: 'string' },
  mutate: { type: 'string' },
  runtime: { type: 'string', default: 'yard' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the arguments; `drawnSeed` is used where none is named. */
export function readOptions(argv: readonly string[], drawnSeed: number): OptionsOutcome {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    return values.help ? { ok: 'help' } : check(values, drawnSeed);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: error.message.split(/[.\n]/, 1)[0] ?? error.message };
  }
}

interface Values {
  kills: string;
  seed?: string;
  point?: string;
  mutate?: string;
  runtime: string;
  json: boolean;
}

function check(values: Values, drawnSeed: number): OptionsOutcome {
  const kills = readWhole(values.kills, 1, 1_000_000);
  if (kills === undefined) return refuse('--kills takes a whole number from 1 to 1000000');
  const seed = values.seed === undefined ? drawnSeed : readWhole(values.seed, 0, MAX_SEED);
  if (seed === undefined) return refuse(`--seed takes a whole number from 0 to ${MAX_SEED}`);
  const { point, mutate } = values;
  if (point !== undefined && !isCrashPoint(point)) return refuse(`no crash point "${point}"`);
  const mutation = MUTATION_NAMES.find((name) => name === mutate);
  if (mutate !== undefined && mutation === undefined) return refuse(`no mutation "${mutate}"`);
  if (!['yard', 'docker'].includes(values.runtime)) return refuse('--runtime takes yard or docker');
  const options = {
    kills,
    seed,
    ...(values.runtime === 'docker' ? { isDocker: true as const } : {}),
    ...(point === undefined ? {} : { point }),
    ...(mutation === undefined ? {} : { mutation }),
  };
  return { ok: true, options, isJson: values.json };
}

function refuse(problem: string): OptionsOutcome {
  return { ok: false, problem };
}

function isCrashPoint(name: string): name is CrashPoint {
  return Object.hasOwn(CRASH_POINTS, name);
}

function readWhole(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
