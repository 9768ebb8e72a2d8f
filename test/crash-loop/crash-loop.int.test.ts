import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  unexplained: 0,
};

/** Where the program makes its folders. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deckhand-crash-loop-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
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

describe('a host that is killed over and over', () => {
  it('loses nothing and does nothing twice, at every crash point and at random times', async () => {
    const end = await loop('--kills', '150', '--seed', String(FIXED_SEED), '--json');
    expect(end).toMatchObject({ code: 0 });
    expect(JSON.parse(end.stdout)).toMatchObject({ ...faults, kills: 150, pointsMissed: [] });
    expect(await readdir(folder)).toEqual([]);
  }, 900_000);

  it('does so with a plan that nobody has seen before', async () => {
    const end = await loop('--kills', '50', '--seed', String(randomInt(2 ** 32)), '--json');
    expect(end).toMatchObject({ code: 0 });
    expect(JSON.parse(end.stdout)).toMatchObject(faults);
  }, 600_000);
});

describe('the loop', () => {
  it.each(MUTATION_NAMES)(
    'fails when the host is made to %s',
    async (mutation) => {
      const argv = ['--kills', '40', '--seed', String(FIXED_SEED), '--json', '--mutate', mutation];
      const end = await loop(...argv);
      expect(end.code).toBe(1);
      const { lost, duplicated } = JSON.parse(end.stdout);
      expect(mutation === 'fresh-id' ? duplicated : lost).toBeGreaterThan(0);
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
