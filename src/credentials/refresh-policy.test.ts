import { expect, test } from 'vitest';
import { refreshDueAt, retryDelayMs } from './refresh-policy.ts';
import type { SignIn } from './stored-credential.ts';

const HOUR = 3_600_000;
const signIn = (lifetimeMs: number): SignIn => ({
  v: 1,
  kind: 'sign_in',
  accessToken: 'a',
  refreshToken: 'r',
  idToken: 'i',
  accountId: 'acct',
  expiresAt: 1_000_000 + lifetimeMs,
  refreshedAt: 1_000_000,
  signedInAt: 0,
  source: 'browser',
});

test('a token of ten days is refreshed a day before it expires', () => {
  expect(refreshDueAt(signIn(240 * HOUR))).toBe(1_000_000 + 216 * HOUR);
});

test('a token of an hour is refreshed after 48 minutes', () => {
  expect(refreshDueAt(signIn(HOUR))).toBe(1_000_000 + 0.8 * HOUR);
});

test('a token that had expired when it was stored is due at once', () => {
  expect(refreshDueAt(signIn(-HOUR))).toBe(1_000_000 - HOUR);
});

test('the server is left alone for 5 s, then longer, and never for more than a minute', () => {
  expect([1, 2, 3, 4, 5, 50].map(retryDelayMs)).toEqual([
    5_000, 10_000, 20_000, 40_000, 60_000, 60_000,
  ]);
});
