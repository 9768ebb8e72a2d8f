import { expect, test } from 'vitest';
import { RefreshState } from './refresh-state.ts';
import type { ProfileId, SignIn } from './stored-credential.ts';

const OWN: ProfileId = { name: 'openai-codex' };
const TEAM: ProfileId = { name: 'openai-codex', folder: 'team' };
const HOUR = 3_600_000;

function signIn(accessToken: string, refreshedAt: number): SignIn {
  return {
    v: 1,
    kind: 'sign_in',
    accessToken,
    refreshToken: 'r',
    idToken: 'i',
    accountId: 'acct',
    expiresAt: refreshedAt + 10 * HOUR,
    refreshedAt,
    signedInAt: 0,
    source: 'browser',
  };
}

test('the first token is no news, another one is, once, and for its own profile', () => {
  const state = new RefreshState();
  expect(state.see(OWN, signIn('a', 1)).isOtherToken).toBe(false);
  expect(state.see(TEAM, signIn('b', 2)).isOtherToken).toBe(false);
  expect(state.see(OWN, signIn('b', 2)).isOtherToken).toBe(true);
  expect(state.see(OWN, signIn('b', 2)).isOtherToken).toBe(false);
});

test('a read that a refresh has overtaken is no news', () => {
  const state = new RefreshState();
  state.see(OWN, signIn('a', 1));
  state.see(OWN, signIn('b', 2));
  expect(state.see(OWN, signIn('a', 1)).isOtherToken).toBe(false);
  expect(state.see(OWN, signIn('b', 2)).isOtherToken).toBe(false);
});

test('a token that was refused before it was seen stays refused', () => {
  const state = new RefreshState();
  state.see(OWN, signIn('a', 1));
  state.refuse(OWN, 'b');
  state.see(OWN, signIn('b', 2));
  expect(state.isDue(OWN, signIn('b', 2), 2)).toBe(true);
});

test('of many refused tokens the latest are remembered', () => {
  const state = new RefreshState();
  for (let count = 0; count < 1_000; count++) state.refuse(OWN, `token ${count}`);
  expect(state.isRefused(OWN, 'token 999')).toBe(true);
  expect(state.isRefused(OWN, 'token 0')).toBe(false);
});

test('new tokens end the rest that failures have brought', () => {
  const state = new RefreshState();
  state.see(OWN, signIn('a', 1));
  state.refuse(OWN, 'a');
  state.fail(OWN, 'it did not answer', 1);
  expect(state.isDue(OWN, signIn('a', 1), 2)).toBe(true);
  expect(state.restOf(OWN, 2)).toBe('it did not answer');
  state.see(OWN, signIn('b', 2));
  expect(state.restOf(OWN, 2)).toBeUndefined();
  expect(state.isDue(OWN, signIn('b', 2), 2)).toBe(false);
});

test('the next look is when the token is due, after a failure when the server may be asked again', () => {
  const state = new RefreshState();
  state.see(OWN, signIn('a', 0));
  expect(state.nextAt(OWN)).toBe(8 * HOUR);
  state.fail(OWN, 'it did not answer', 9 * HOUR);
  expect(state.nextAt(OWN)).toBe(9 * HOUR + 5_000);
  state.see(OWN, { ...signIn('a', 0), broken: { code: 'c', at: 0 } });
  expect(state.nextAt(OWN)).toBe(Number.POSITIVE_INFINITY);
});
