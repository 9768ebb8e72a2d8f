import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAILBOX_FOLDERS } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { MailboxFolderTree } from './mailbox-folder.ts';
import { Quarantine } from './quarantine.ts';

test('a mailbox that several make at the same time is whole for each of them', async () => {
  const root = mkdtempSync(join(tmpdir(), 'deckhand-mailbox-'));
  const quarantine = new Quarantine(join(root, 'quarantine'), () => 0);
  const trees = Array.from({ length: 20 }, () => new MailboxFolderTree(root, 'family', quarantine));
  await Promise.all(trees.map((tree) => tree.ensure()));
  expect(readdirSync(join(root, 'family')).sort()).toEqual([...MAILBOX_FOLDERS].sort());
  rmSync(root, { recursive: true });
});
