import { expect, test } from 'vitest';
import { findLimitEnd, findRetryDelay, readRetryAfter } from './rate-limit.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

test.each<[Record<string, string>, number | undefined]>([
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after': '9' }, 9000],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:20 GMT' }, 20_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{}, undefined],
])('the headers %j ask to wait %s ms', (headers, expected) => {
  expect(readRetryAfter(new Headers(headers), NOW)).toBe(expected);
});

test.each([
  ['Rate limit reached. Please try again in 11.054s. Visit …', 11_054],
  ['Please try again in 28ms.', 28],
  ['try again in 3 seconds', 3000],
  ['Please try again later.', undefined],
])('"%s" asks to wait %s ms', (message, expected) => {
  expect(findRetryDelay(message)).toBe(expected);
});

const windows = (primary: [string, string], secondary: [string, string]) =>
  new Headers({
    'x-codex-primary-used-percent': primary[0],
    'x-codex-primary-reset-at': primary[1],
    'x-codex-secondary-used-percent': secondary[0],
    'x-codex-secondary-reset-at': secondary[1],
  });

test('a limit ends when the error says, else when the later of the used-up windows ends', () => {
  const error = { message: 'm' };
  const both = windows(['100', '1800000000'], ['100', '1900000000']);
  expect(findLimitEnd({ ...error, resetsAt: 1_700_000_000 }, both, NOW)).toBe(1_700_000_000_000);
  expect(findLimitEnd({ ...error, resetsInSeconds: 60 }, both, NOW)).toBe(NOW + 60_000);
  expect(findLimitEnd(error, both, NOW)).toBe(1_900_000_000_000);
  const one = windows(['100', '1800000000'], ['99.5', '1900000000']);
  expect(findLimitEnd(error, one, NOW)).toBe(1_800_000_000_000);
  expect(findLimitEnd(error, windows(['5', '1'], ['', 'x']), NOW)).toBe(undefined);
});
