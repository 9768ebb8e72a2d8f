import { expect, test } from 'vitest';
import { decideSignIns, type SignInSource } from './sources.ts';

const key: SignInSource = { from: 'environment', provider: 'openai', variable: 'OPENAI_API_KEY' };
const storedKey: SignInSource = { from: 'profile', provider: 'openai', isUsable: true };
const shared: SignInSource = { from: 'profile', provider: 'openai-codex', isUsable: true };
const own: SignInSource = { ...shared, folder: 'a' };
const home: SignInSource = { from: 'group_home', provider: 'openai-codex', folder: 'a' };

const usesOf = (sources: readonly SignInSource[], folder = 'a') =>
  decideSignIns([{ folder, providers: ['openai-codex', 'openai'] }], sources)[0];

test('a group uses its own sign-in, else the installation’s, else the one in its home', () => {
  expect(usesOf([home, shared, own])?.uses).toEqual([own]);
  expect(usesOf([home, shared])?.uses).toEqual([shared]);
  expect(usesOf([home])?.uses).toEqual([home]);
  expect(usesOf([home, shared, own], 'b')?.uses).toEqual([shared]);
  expect(usesOf([home, own], 'b')?.uses).toEqual([]);
});

test('a sign-in that is over gives way to the next one', () => {
  expect(usesOf([{ ...own, isUsable: false }, shared])?.uses).toEqual([shared]);
});

test('the environment wins over what is stored', () => {
  expect(usesOf([storedKey, key])?.uses).toEqual([key]);
});

test('what is missing is named by provider', () => {
  expect(usesOf([shared])).toEqual({ folder: 'a', uses: [shared], missing: ['openai'] });
  expect(usesOf([])).toMatchObject({ uses: [], missing: ['openai-codex', 'openai'] });
});
