import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Db, openDatabase } from '../../../db/database.ts';
import { createWaKeyTable } from '../../../db/wa-keys.ts';
import { createLogger } from '../../../logger.ts';
import { createJournal } from './journal.ts';
import { createSignalOperations, type SignalOperations } from './signal-operation.ts';

let folder: string;
let db: Db;
let operations: SignalOperations;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-signal-'));
  db = openDatabase(join(folder, 'test.db'));
  const logger = createLogger('silent');
  const journal = createJournal({ db, isInInbox: () => false, now: () => 0, logger });
  const table = createWaKeyTable(db);
  operations = createSignalOperations({ db, table, journal, onStorageFailure: () => undefined });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

test('operations that are asked for at once have a turn of the event loop each, in the order of asking', async () => {
  let turn = 0;
  let counter = setImmediate(function count() {
    turn += 1;
    counter = setImmediate(count);
  });
  const turns = await Promise.all(
    Array.from({ length: 20 }, () => operations.run(async () => turn)),
  );
  clearImmediate(counter);
  expect(turns).toEqual([...new Set(turns)].toSorted((a, b) => a - b));
});

test('an operation that fails leaves the next one its turn', async () => {
  const failing = operations.run(() => Promise.reject(new Error('no session')));
  const next = operations.run(async () => 'done');
  await expect(failing).rejects.toThrow('no session');
  expect(await next).toBe('done');
});
