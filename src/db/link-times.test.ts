import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MessageDecision } from '../core/decision.ts';
import { type Db, openDatabase } from './database.ts';
import { createInbox } from './inbox.ts';
import { createLinkTimes } from './link-times.ts';

function store(db: Db, id: string, decision: MessageDecision, chatJid = '1@g.us'): void {
  const author = { senderJid: '5@lid', senderName: 'Ana', isFromMe: false, isGroup: true };
  const message = { ...author, chatJid, id, sentAt: 1, text: 'x', mentions: [] };
  createInbox(db).insert(message, decision, 1);
}

test('the last mark is there after the next open, and none before the first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-link-'));
  const first = openDatabase(join(folder, 'deckhand.db'));
  expect(createLinkTimes(first).last()).toBeUndefined();
  store(first, 'a', 'name');
  createLinkTimes(first).mark(1);
  expect(createLinkTimes(first).mark(2)).toEqual({ at: 2, seq: 1 });
  first.close();
  const second = openDatabase(join(folder, 'deckhand.db'));
  expect(createLinkTimes(second).last()).toEqual({ at: 2, seq: 1 });
  second.close();
  rmSync(folder, { recursive: true });
});

test('stale questions after a mark are counted by chat, whatever the clock says', () => {
  const db = openDatabase(':memory:');
  const times = createLinkTimes(db);
  store(db, 'before', 'stale');
  const mark = times.mark(9_999);
  store(db, 'b', 'stale', '2@g.us');
  store(db, 'c', 'stale');
  store(db, 'd', 'stale', '2@g.us');
  store(db, 'e', 'not_addressed');
  expect(times.staleSince(mark)).toEqual([
    { chatJid: '2@g.us', count: 2 },
    { chatJid: '1@g.us', count: 1 },
  ]);
  db.close();
});
