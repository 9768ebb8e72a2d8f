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
import { ensureSecret } from './secret-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-token-'));
  path = join(folder, 'console.token');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a secret is made once, of 256 random bits, in a file for its owner only', async () => {
  const secret = await ensureSecret(path);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(readFileSync(path, 'utf8')).toBe(`${secret}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  expect(await ensureSecret(path)).toBe(secret);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  rmSync(path);
  expect(await ensureSecret(path)).not.toBe(secret);
});

test.each(['', 'password', `${'a'.repeat(42)}!`])(
  'a file that holds %j is no secret',
  async (text) => {
    writeFileSync(path, text);
    await expect(ensureSecret(path)).rejects.toThrow(/Remove it and start again/);
  },
);

test('a link is not followed, not even to mend the mode of what it leads to', async () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, `${'a'.repeat(43)}\n`);
  chmodSync(elsewhere, 0o644);
  symlinkSync(elsewhere, path);
  await expect(ensureSecret(path)).rejects.toThrow(/console\.token is a link\. Remove it/);
  expect(statSync(elsewhere).mode & 0o777).toBe(0o644);
  rmSync(path);
  mkdirSync(path);
  await expect(ensureSecret(path)).rejects.toThrow(/is not a regular file\. Remove it/);
});
