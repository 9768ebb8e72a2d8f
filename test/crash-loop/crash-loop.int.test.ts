import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { z } from 'zod';
import { MUTATION_NAMES } from './mutations.ts';

const PROGRAM = join(import.meta.dirname, 'main.ts');
const FIXED_SEED = 20_261_121;

const faults = {
  lost: 0,
  duplicated: 0,
  slotsTwice: 0,
  slotsLost: 0,
  requestsTwice: 0,
  requestsLost: 0,
  runsTwice: 0,
  orphans: 0,
  broken: 0,
  seenTwice: 0,
  unexplained: 0,
};

/** Where the program makes its folders. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deckhand-crash-loop-test-'));
});

/** Ids of failed tests; a loop that has failed has kept its folder for people. */
const failed = new Set<string>();

beforeEach(() => onTestFailed(({ task }) => void failed.add(task.id)));

afterAll(async () => {
  if (failed.size === 0) await rm(folder, { recursive: true, force: true });
});

const endSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** Runs the program as a person does. */
async function loop(...argv: string[]) {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...argv], {
      env: { TMPDIR: folder },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return endSchema.parse(error);
  }
}

/** The account of the loop, with its seed, is what one needs when the code is another one. */
function expectCode({ code, stderr }: z.infer<typeof endSchema>, expected: number): void {
  if (code !== expected) throw new Error(`exit code ${code}: ${stderr}`);
}

/** What a loop without a fault has found. */
async function survive(kills: number, seed: number): Promise<unknown> {
  const end = await loop('--kills', String(kills), '--seed', String(seed), '--json');
  expectCode(end, 0);
  const result = JSON.parse(end.stdout);
  expect(result).toMatchObject({ ...faults, kills });
  // A loop in which little happens, or in which everything is refused, has shown nothing.
  expect(result.answered).toBeGreaterThan(kills);
  expect(result.told).toBeLessThan(result.answered / 2);
  expect(result.requests).toBeGreaterThan(kills / 5);
  expect(result.requestsRefused).toBeLessThan(result.requests / 2);
  expect(result.slots).toBeGreaterThan(0);
  return result;
}

describe('a host that is killed over and over', () => {
  it('loses nothing and does nothing twice, at every crash point and at random times', async () => {
    expect(await survive(150, FIXED_SEED)).toMatchObject({ pointsMissed: [] });
    expect(await readdir(folder)).toEqual([]);
  }, 900_000);

  it('does so with a plan that nobody has seen before', async () => {
    await survive(50, randomInt(2 ** 32));
  }, 600_000);
});

describe('the loop', () => {
  it.each(MUTATION_NAMES)(
    'fails when the host is made to %s',
    async (mutation) => {
      const argv = ['--kills', '40', '--seed', String(FIXED_SEED), '--json', '--mutate', mutation];
      const end = await loop(...argv);
      expectCode(end, 1);
      const { lost, duplicated, broken } = JSON.parse(end.stdout);
      expect(mutation === 'fresh-id' ? duplicated : lost).toBeGreaterThan(0);
      expect(broken).toBe(0);
      expect(end.stderr).toContain(`--seed ${FIXED_SEED} --mutate ${mutation}`);
    },
    600_000,
  );

  it('stops at Ctrl-C and leaves nothing behind', async () => {
    const before = await readdir(folder);
    const child = spawn(process.execPath, [PROGRAM, '--seed', '1'], { env: { TMPDIR: folder } });
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(await readdir(folder)).toEqual(before);
  });

  it('refuses what it does not know in one sentence', async () => {
    const end = await loop('--point', 'nowhere');
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/^no crash point "nowhere"\. See --help\.\n$/);
  });
});
