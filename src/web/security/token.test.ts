import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureToken, isSame, sessionOf } from './token.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-token-'));
  path = join(folder, 'console.token');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the token is made once, of 256 random bits, in a file for its owner only', async () => {
  const token = await ensureToken(path);
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(readFileSync(path, 'utf8')).toBe(`${token}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  expect(await ensureToken(path)).toBe(token);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  rmSync(path);
  expect(await ensureToken(path)).not.toBe(token);
});

test.each(['', 'password', `${'a'.repeat(42)}!`])(
  'a file that holds %j is no token',
  async (text) => {
    writeFileSync(path, text);
    await expect(ensureToken(path)).rejects.toThrow(/Remove it and start again/);
  },
);

test('a link is not followed, not even to mend the mode of what it leads to', async () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, `${'a'.repeat(43)}\n`);
  chmodSync(elsewhere, 0o644);
  symlinkSync(elsewhere, path);
  await expect(ensureToken(path)).rejects.toThrow(/console\.token is a link\. Remove it/);
  expect(statSync(elsewhere).mode & 0o777).toBe(0o644);
  rmSync(path);
  mkdirSync(path);
  await expect(ensureToken(path)).rejects.toThrow(/is not a regular file\. Remove it/);
});

test('what the browser keeps does not give the token away, and ends with it', () => {
  expect(sessionOf('one')).not.toContain('one');
  expect(sessionOf('one')).not.toBe(sessionOf('two'));
  expect(isSame('abc', 'abc')).toBe(true);
  expect(isSame('abc', 'abcd')).toBe(false);
});
