import { describe, expect, test } from 'vitest';
import { registeredGroupSchema } from './group.ts';
import { rateSchema, readRate } from './rate.ts';
import { limitsOf, nextAllowedAt, rateNotice } from './rate-limit.ts';

const limit = { count: 2, windowMs: 1_000 };

describe('a rate', () => {
  test.each([
    ['30/10m', { count: 30, windowMs: 600_000 }],
    ['1/1s', { count: 1, windowMs: 1_000 }],
    ['9999/999h', { count: 9_999, windowMs: 3_596_400_000 }],
    ['off', undefined],
  ])('is read from %s', (text, read) => {
    expect(rateSchema.parse(text)).toBe(text);
    expect(readRate(text)).toEqual(read);
  });

  test.each(['', '30', '0/1m', '30/0m', '30/10', '30/10d', '-1/1m', '30 / 10m', '1e3/1m', 'OFF'])(
    'is not read from "%s"',
    (text) => {
      expect(rateSchema.safeParse(text).success).toBe(false);
      expect(() => readRate(text)).toThrow('is no rate');
    },
  );
});

describe('how many questions are taken', () => {
  test('as many as the limit says, and the next when the first of them has left the window', () => {
    expect(nextAllowedAt(limit, [], 5_000)).toBeUndefined();
    expect(nextAllowedAt(limit, [4_500], 5_000)).toBeUndefined();
    expect(nextAllowedAt(limit, [4_800, 4_500], 5_000)).toBe(5_500);
    expect(nextAllowedAt(limit, [4_800, 4_500], 5_499)).toBe(5_500);
    expect(nextAllowedAt(limit, [4_800, 4_500], 5_500)).toBeUndefined();
  });

  test('where the limit was lowered, the newest that must have left decide', () => {
    expect(nextAllowedAt(limit, [4_900, 4_800, 4_500], 5_000)).toBe(5_800);
  });

  test('what is sent later does not count for what was sent before and comes in behind it', () => {
    expect(nextAllowedAt(limit, [9_000, 9_100], 5_000)).toBeUndefined();
  });
});

test('a registration says more than the installation, also that there is no limit', () => {
  const chat = { jid: '1@g.us', name: 'Family', folder: 'family' };
  const defaults = { sender: limit, group: limit };
  expect(limitsOf(registeredGroupSchema.parse(chat), defaults)).toEqual(defaults);
  const limits = { sender: 'off', group: '5/1h' };
  expect(limitsOf(registeredGroupSchema.parse({ ...chat, limits }), defaults)).toEqual({
    sender: undefined,
    group: { count: 5, windowMs: 3_600_000 },
  });
});

test('the notice is one sentence with the next whole minute', () => {
  const until = Date.UTC(2026, 10, 22, 12, 0, 1);
  expect(rateNotice('sender', { count: 1, windowMs: 1 }, until, 'Europe/Berlin')).toBe(
    'That was faster than I may answer: you have asked 1 question already, so ask again from Sun 2026-11-22 13:01 on.',
  );
  expect(rateNotice('group', limit, until, 'UTC')).toContain('this chat has asked 2 questions');
});
