import { expect, test } from 'vitest';
import { ByteRate } from './byte-rate.ts';

const MIB = 1024 * 1024;

test('who asks much at once waits, until it has been as much as others ask', () => {
  const clock = { now: 1_000 };
  const rate = new ByteRate(() => clock.now);
  expect([rate.take(32 * MIB), rate.take(32 * MIB)]).toEqual([0, 0]);
  expect(rate.take(32 * MIB)).toBe(16_000);
  expect(rate.take(2 * MIB)).toBe(17_000);
  clock.now += 18_000;
  expect(rate.take(2 * MIB)).toBe(0);
  clock.now += 3_600_000;
  expect([rate.take(64 * MIB), rate.take(2 * MIB)]).toEqual([0, 1_000]);
});

test('a clock that is put back gives nothing and takes nothing', () => {
  const clock = { now: 10_000 };
  const rate = new ByteRate(() => clock.now);
  rate.take(64 * MIB);
  clock.now = 0;
  expect(rate.take(2 * MIB)).toBe(1_000);
});

test('the shortest request counts as well, so that no agent asks hundreds a second for ever', () => {
  const rate = new ByteRate(() => 1_000);
  const waits = Array.from({ length: 528 }, () => rate.take(0));
  expect(waits.slice(0, 512)).toEqual(Array.from({ length: 512 }, () => 0));
  expect(waits.at(-1)).toBe(1_000);
});

test('what is dropped while it waits holds up nothing that comes later', async () => {
  const rate = new ByteRate(() => 1_000);
  rate.take(64 * MIB);
  await expect(rate.wait(32 * MIB, AbortSignal.abort())).rejects.toThrow('aborted');
  expect(rate.take(2 * MIB)).toBe(1_000);
});
