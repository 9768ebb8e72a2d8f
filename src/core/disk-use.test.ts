import { expect, test } from 'vitest';
import { MIB } from './byte-size.ts';
import { ceilingOf, findExcess, pickVictim } from './disk-use.ts';

const quotaBytes = 100 * MIB;

test.each([
  ['within its quota', 10, 100, undefined],
  ['that outgrows its quota', 10, 101, 'more than the 100 MB it may use'],
  ['that began full and fills on', 100, 101, 'more than the 100 MB it may use'],
  ['over its quota that only cleans up', 500, 400, undefined],
  ['over its quota that writes its own records', 500, 510, undefined],
  ['over its quota that grows on', 500, 533, 'more than the 100 MB it may use'],
] as const)('a run %s', (_what, start, now, excess) => {
  const use = { quotaBytes, startBytes: start * MIB, bytes: now * MIB };
  const found = findExcess(use);
  expect(found).toEqual(excess === undefined ? undefined : expect.stringContaining(excess));
  expect(use.bytes > ceilingOf(use)).toBe(found !== undefined);
});

test('when the disk is full the run that has grown most is picked, however much it had before', () => {
  const large = { startBytes: 5_000, bytes: 5_010 };
  const growing = { startBytes: 0, bytes: 100 };
  expect(pickVictim([large, growing])).toBe(growing);
  expect(pickVictim([growing, large])).toBe(growing);
});

test('of runs of which none is seen to grow the one that began last is picked', () => {
  const cleaning = { startBytes: 50, bytes: 10 };
  const last = { startBytes: 7, bytes: 7 };
  expect(pickVictim([{ startBytes: 9, bytes: 9 }, cleaning, last])).toBe(last);
  expect(pickVictim([])).toBeUndefined();
});
