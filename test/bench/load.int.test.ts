import { expect, test } from 'vitest';
import { measureEngineLoad } from '../../bench/load/engine-load.ts';

test('under a short load on a thousand groups nothing is lost, nothing comes twice, and every figure is there', async () => {
  const figures = await measureEngineLoad(
    { minutes: 0.05, rate: 100 },
    AbortSignal.timeout(110_000),
  );
  expect(figures).toMatchObject({
    sent: 300,
    stored: 300,
    asked: 15,
    answered: 15,
    groups: 1_000,
    lost: 0,
    duplicated: 0,
  });
  expect(figures.ipc.requests).toBe(figures.answers);
  for (const value of [
    figures.ingestCommit.p99,
    figures.ipc.p99,
    figures.walMostMiB,
    figures.rssMiB.end,
  ]) {
    expect(value).toBeGreaterThan(0);
  }
});
