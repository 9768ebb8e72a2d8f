import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSoak } from './soak.ts';

const never = new AbortController().signal;

test('a soak in which the host keeps a file open every second names that leak, and loses and repeats nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-soak-'));
  const out = join(folder, 'soak.svg');
  try {
    const figures = await runSoak({ minutes: 0.5, planted: 'files', out }, never);
    const leaking = figures.leaks.filter(({ isLeak }) => isLeak).map(({ figure }) => figure);
    expect(leaking).toContain('open files');
    expect(figures).toMatchObject({ isSound: false, exitCode: 0 });
    expect(figures.traffic).toMatchObject({ lost: 0, duplicated: 0 });
    expect(figures.traffic.answered).toBeGreaterThan(0);
    expect(figures.wal.most).toBeGreaterThan(0);
    expect(await readFile(out, 'utf8')).toContain('<title>open files</title>');
  } finally {
    await rm(folder, { recursive: true });
  }
});
