import { afterEach, beforeEach, expect, test } from 'vitest';
import { RECEIPT_ORIGIN } from '../core/receipts.ts';
import { type Db, openDatabase } from './database.ts';
import { createOutbox, type Outbox } from './outbox.ts';

const chatJid = '1@g.us';
let db: Db;
let outbox: Outbox;
beforeEach(() => {
  db = openDatabase(':memory:');
  outbox = createOutbox(db);
});
afterEach(() => db.close());

function enqueue(id: string, origin: string): string {
  return outbox.enqueue({ kind: 'text', id, chatJid, text: id, mentions: [] }, origin, 1);
}

test('a message is there once per origin, and every call gives the id of the first', () => {
  expect([enqueue('A', 'run:1:0'), enqueue('B', 'run:1:0'), enqueue('B', 'run:2:0')]).toEqual([
    'A',
    'A',
    'B',
  ]);
  expect(outbox.find('A')).toMatchObject({ message: { text: 'A' } });
  expect(outbox.find('C')).toBeUndefined();
});

test('a receipt waits for the messages before it and for none behind it', () => {
  enqueue('A', 'run:1:0');
  enqueue('R', `${RECEIPT_ORIGIN}1`);
  expect(outbox.nextPending(chatJid, 'receipts')).toBeUndefined();
  expect(outbox.nextPending(chatJid, 'messages')).toMatchObject({ message: { id: 'A' } });
  outbox.settle('A', 'acked', 2);
  enqueue('B', 'run:2:0');
  expect(outbox.nextPending(chatJid, 'receipts')).toMatchObject({ message: { id: 'R' } });
});
