import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { requireBaseImage } from '../../docker/engine.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

const PROGRAM = join(import.meta.dirname, 'main.ts');
/** A flood of exchanges takes long, and its own tests make it. */
const ROWS = 'T4 T6 T7 T8 T9 T10 T11 T17 T18 T19 T20 T21 T12 T14 T13 T15 T16 T22'.split(' ');
const LIMIT_MS = 300_000;

const resultSchema = z.object({
  rows: z.array(
    z.object({
      id: z.string(),
      tried: z.number(),
      stopped: z.number(),
      evidence: z.string(),
      quietP99Ms: z.number(),
      attackP99Ms: z.number(),
      isRatioJudged: z.literal(false),
      isWithstood: z.boolean(),
    }),
  ),
});

/** Runs the program as people do; its exit code and what it tells. */
async function attack(...argv: readonly string[]) {
  const env = { PATH: process.env['PATH'], DOCKER_HOST: process.env['DOCKER_HOST'] };
  const args = [PROGRAM, '--quick', '--json', ...argv];
  const ended = await promisify(execFile)(process.execPath, args, { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  if (ended.stdout === '') throw new Error('the attacks were not made', { cause: ended });
  return { code: ended.code, rows: resultSchema.parse(JSON.parse(ended.stdout)).rows };
}

test(
  'a whole host with real containers withstands what its hostile group does, and answers the quiet ones meanwhile',
  async (context) => {
    await requireBaseImage(context);
    const { code, rows } = await attack('--only', ROWS.join());
    const failed = rows.filter(({ isWithstood }) => !isWithstood);
    expect(failed).toEqual([]);
    expect(rows.map(({ id }) => id)).toEqual(ROWS);
    for (const { tried, attackP99Ms } of rows)
      expect(Math.min(tried, attackP99Ms)).toBeGreaterThan(0);
    expect(code).toBe(0);
  },
  LIMIT_MS,
);

/** Of the controls that containers need: one of the door, of the way outside, of the container and of its limits. */
const IN_CONTAINERS: readonly Mutation[] = [
  'any-policy',
  'any-token',
  'any-address',
  'capabilities',
];
const IN_PROCESSES: readonly Mutation[] = [
  'endless-share',
  'any-chat',
  'raw-text',
  'open-markup',
  'any-sender',
  'any-origin',
  'told-secrets',
];
const CASES = [
  ...IN_CONTAINERS.map((mutation) => ({ mutation, runtime: 'docker' })),
  ...IN_PROCESSES.map((mutation) => ({ mutation, runtime: 'process' })),
];

test.for(CASES)(
  'an attack gets through where its control is switched off: $mutation',
  { timeout: LIMIT_MS },
  async ({ mutation, runtime }, context) => {
    if (runtime === 'docker') await requireBaseImage(context);
    const { row } = MUTATIONS[mutation];
    const argv = ['--only', row, '--runtime', runtime, '--mutate', mutation];
    const { code, rows } = await attack(...argv);
    expect(code).toBe(1);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.stopped).toBeLessThan(rows[0]?.tried ?? 0);
  },
);
