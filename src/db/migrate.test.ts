import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { NewerSchemaError } from './migrate.ts';
import { migrations } from './migrations/index.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-db-'));
  path = join(folder, 'deckhand.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const first = { version: 1, name: 'one', sql: 'create table one (a text) strict;' };
const second = { version: 2, name: 'two', sql: 'create table two (a text) strict;' };
const broken = {
  version: 2,
  name: 'two',
  sql: 'create table two (a text) strict; create nonsense;',
};

function tables(): unknown[] {
  const db = new Database(path, { readonly: true });
  const names = db.prepare("select name from sqlite_master where type = 'table'").pluck().all();
  db.close();
  return names;
}

test('the versions of all migrations are 1, 2, 3 … without gaps', () => {
  expect(migrations.map((one) => one.version)).toEqual(migrations.map((_, index) => index + 1));
});

test('every open sets WAL, full synchronisation and foreign keys', () => {
  openDatabase(path).close();
  const db = openDatabase(path);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  db.close();
});

test('only the missing steps are applied, and the database before them is kept aside', () => {
  openDatabase(path, [first]).close();
  openDatabase(path, [first, second]).close();
  expect(tables()).toEqual(['one', 'two']);
  expect(readdirSync(folder)).toContain('deckhand.db.schema-1');
});

test('a step that fails leaves the schema at the step before', () => {
  openDatabase(path, [first]).close();
  expect(() => openDatabase(path, [first, broken])).toThrow(/nonsense/);
  expect(tables()).toEqual(['one']);
  openDatabase(path, [first, second]).close();
  expect(tables()).toEqual(['one', 'two']);
});

test('a database of a newer version is refused with what to do', () => {
  openDatabase(path, [first, second]).close();
  expect(() => openDatabase(path, [first])).toThrow(NewerSchemaError);
  expect(() => openDatabase(path, [first])).toThrow(/Update Deckhand/);
});

test('schema.sql in this folder shows the schema that the migrations make', () => {
  const db = openDatabase(path);
  const statements = db
    .prepare<[], string>(
      "select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by name",
    )
    .pluck()
    .all();
  db.close();
  const dump = `${statements.join(';\n\n')};\n`;
  expect(dump).toBe(readFileSync(new URL('./schema.sql', import.meta.url), 'utf8'));
});
