import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTarPacker } from 'modern-tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSource } from './archive-writer.ts';
import { type Listing, listInto } from './list-files.ts';

let root = '';
const listing: Listing = { sources: [], leftOut: [] };
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'deckhand-writer-'));
  listing.sources.length = 0;
  mkdirSync(join(root, 'groups/one/notes'), { recursive: true });
  mkdirSync(join(root, 'private'));
  writeFileSync(join(root, 'groups/one/notes/key'), 'harmless');
  writeFileSync(join(root, 'private/key'), 'secret');
  const signal = new AbortController().signal;
  await listInto(listing, root, 'groups', { maxBytes: undefined, signal });
});
afterEach(() => rmSync(root, { recursive: true }));

async function addKey() {
  const source = listing.sources.find(({ path }) => path.endsWith('/key'));
  if (source === undefined) throw new Error('not listed');
  return addSource(createTarPacker().controller, source);
}

test('a file is added with its size and hash', async () => {
  expect(await addKey()).toMatchObject({
    file: {
      path: 'groups/one/notes/key',
      size: 8,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
});

test('a folder that an agent exchanges for a link after the listing leads nowhere', async () => {
  renameSync(join(root, 'groups/one/notes'), join(root, 'groups/one/moved'));
  symlinkSync(join(root, 'private'), join(root, 'groups/one/notes'));
  expect(await addKey()).toEqual({ leftOut: 'gone' });
});

test('a file that an agent exchanges for a link after the listing leads nowhere', async () => {
  rmSync(join(root, 'groups/one/notes/key'));
  symlinkSync(join(root, 'private/key'), join(root, 'groups/one/notes/key'));
  expect(await addKey()).toEqual({ leftOut: 'link' });
});

test('a file that is removed after the listing is left out', async () => {
  rmSync(join(root, 'groups/one/notes/key'));
  expect(await addKey()).toEqual({ leftOut: 'gone' });
});
