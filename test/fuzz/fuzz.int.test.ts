import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { MUTATION_NAMES, MUTATIONS } from './mutations.ts';
import { renderText } from './render.ts';
import { TARGET_NAMES } from './target-names.ts';

const LIMIT_MS = 600_000;
const SECONDS = 60;
/** So many find each of the faults several times. */
const INPUTS = 20_000;

test(
  'a minute of new inputs neither breaks nor hangs what reads them',
  async () => {
    const seed = randomInt(2 ** 32);
    const plan = { seed, targets: TARGET_NAMES, inputs: Infinity, first: 0, workers: 2 };
    const results = await fuzz({ ...plan, seconds: SECONDS });
    const text = renderText({ seed, seconds: SECONDS, results });
    process.stdout.write(text);
    const broken = results.filter(({ finding }) => finding !== undefined);
    // The text has the commands that try again what broke.
    expect(broken.length === 0 ? '' : text).toBe('');
    for (const { tried } of results) expect(tried).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

test.each(MUTATION_NAMES)(
  'fuzzing finds the fault %s',
  async (mutation) => {
    const { target } = MUTATIONS[mutation];
    const plan = {
      seed: 1,
      targets: [target],
      inputs: INPUTS,
      first: 0,
      workers: 1,
      hangMs: 1_000,
    };
    const [result] = await fuzz({ ...plan, mutation });
    expect(result?.finding?.problem).toMatch(MUTATIONS[mutation].problem);
  },
  LIMIT_MS,
);
