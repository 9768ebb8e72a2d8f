import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FullDiskRound } from './full-disk-engine.ts';
import type { FullDiskWrites } from './full-disk-files.ts';
import type { FullDiskArrival } from './full-disk-host.ts';
import type { FullDiskRequest } from './full-disk-mailbox.ts';
import { runOnSmallDisk } from './small-disk.ts';

const program = (name: string) => join(import.meta.dirname, name);

/** Without its 👀, which a quick answer replaces before it is sent. */
function answersOf({ shown }: FullDiskRound): unknown[] {
  return shown.filter((text) => !text.endsWith('👀'));
}

test('wherever the disk becomes full between a question and its answer, the host stays up, and with room again the question is answered once', async () => {
  const rounds = await runOnSmallDisk<FullDiskRound[]>(program('full-disk-engine.ts'), '16m');
  for (const round of rounds) {
    const { pages, agentsAsked } = round;
    const expected = ['here it is', expect.stringMatching(/✅$/)];
    expect({ pages, agentsAsked, answers: answersOf(round) }).toEqual({
      pages,
      agentsAsked: 1,
      answers: expected,
    });
  }
  // The disk was full before the message was taken, after that, and not at all.
  const untaken = rounds.filter(({ isRefused }) => isRefused);
  const taken = rounds.filter(({ isRefused }) => !isRefused);
  expect(untaken.length).toBeGreaterThan(5);
  expect(taken.filter(({ alarms }) => alarms > 0).length).toBeGreaterThan(10);
  expect(taken.at(-1)?.alarms).toBe(0);
});

test('a message that comes while the disk is full stays with the server, and is answered once when there is room', async () => {
  const arrivals = await runOnSmallDisk<FullDiskArrival[]>(program('full-disk-host.ts'), '32m');
  expect(arrivals.map(({ answers }) => answers)).toEqual(arrivals.map(() => 1));
  expect(arrivals.filter(({ isRefused }) => isRefused).length).toBeGreaterThan(3);
});

test('wherever the disk becomes full under a file, the old one or the new one is there whole, nothing lies beside it, and with room the next write works', async () => {
  const { writes, copies } = await runOnSmallDisk<FullDiskWrites>(
    program('full-disk-files.ts'),
    '4m',
  );
  for (const { kind, pages, failure = 'ENOSPC', ...rest } of writes) {
    expect({ kind, pages, failure, ...rest }).toEqual({
      kind,
      pages,
      failure: 'ENOSPC',
      isWhole: true,
      leftovers: [],
      worksAfterwards: true,
    });
  }
  const cutOff = new Set(writes.flatMap(({ kind, failure }) => (failure ? [kind] : [])));
  expect(cutOff).toEqual(new Set(writes.map(({ kind }) => kind)));
  expect(copies.refused).toBeGreaterThan(1);
  expect(copies.files).toBe(copies.whole);
});

test('wherever the disk becomes full under a request of an agent, it has its effect once and its reply when there is room', async () => {
  const requests = await runOnSmallDisk<FullDiskRequest[]>(program('full-disk-mailbox.ts'), '8m');
  for (const { isPutOff: _, ...request } of requests) {
    const { pages } = request;
    expect(request).toEqual({ pages, effects: 1, isAccepted: true, leftovers: [] });
  }
  expect(requests.filter(({ isPutOff }) => isPutOff).length).toBeGreaterThan(3);
  expect(requests.at(-1)?.isPutOff).toBe(false);
});
