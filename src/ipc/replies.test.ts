import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemNow } from '../clock.ts';
import { MailboxFolderTree } from './mailbox-folder.ts';
import { Quarantine } from './quarantine.ts';
import { Replies } from './replies.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deckhand-replies-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('Replies', () => {
  it('removes the oldest when there are too many, however often one is written', async () => {
    const quarantine = new Quarantine(join(root, 'quarantine'), systemNow);
    const replies = new Replies(new MailboxFolderTree(root, 'family', quarantine), 3);
    for (const name of ['a.json', 'b.json', 'c.json', 'a.json', 'd.json', 'e.json']) {
      await replies.write(name, { ok: true, requestId: name });
    }
    const left = await readdir(join(root, 'family', 'replies'));
    expect(left.sort()).toEqual(['a.json', 'd.json', 'e.json']);
  });
});
