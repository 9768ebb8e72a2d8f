import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Db, openDatabase } from './database.ts';
import { createModelStore, type ModelStore } from './models.ts';

let folder = '';
let db: Db;
let models: ModelStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-models-'));
  db = openDatabase(join(folder, 'deckhand.db'));
  models = createModelStore(db);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const chain = { primary: 'openai-codex/gpt-5.3-codex', fallbacks: ['openai/gpt-4o-mini'] };

test('a default is a model or a chain, with who chose it, and the last choice counts', () => {
  models.putDefault('openai', { setting: chain, chosenBy: 'sign-in' }, 1);
  expect(models.findDefault('openai')).toEqual({ setting: chain, chosenBy: 'sign-in' });
  models.putDefault('openai', { setting: 'openai/gpt-5.5', chosenBy: 'person' }, 2);
  expect(models.findDefault('openai')).toEqual({ setting: 'openai/gpt-5.5', chosenBy: 'person' });
  expect(models.storedDefaults()).toEqual({
    openai: { setting: 'openai/gpt-5.5', chosenBy: 'person' },
  });
});

test('a default that is removed is gone, and removing it again says so', () => {
  models.putDefault('claude', { setting: 'anthropic/claude-opus-5', chosenBy: 'person' }, 1);
  expect(models.removeDefault('claude')).toBe(true);
  expect(models.removeDefault('claude')).toBe(false);
  expect(models.storedDefaults()).toEqual({});
});

test('a model cools down until its time, over a restart', () => {
  models.coolDown('openai/a', 'quota', 1_000, 1);
  models.coolDown('openai/b', 'model', 500, 1);
  const afterRestart = createModelStore(db);
  expect(afterRestart.listCooling(499)).toEqual([
    { name: 'openai/b', class: 'model', until: 500 },
    { name: 'openai/a', class: 'quota', until: 1_000 },
  ]);
  expect(afterRestart.listCooling(500).map(({ name }) => name)).toEqual(['openai/a']);
  expect(afterRestart.listCooling(1_000)).toEqual([]);
});

test('the newest cool-down of a model counts, and expired ones do not pile up', () => {
  models.coolDown('openai/a', 'quota', 1_000, 1);
  models.coolDown('openai/a', 'model', 2_000, 2);
  models.coolDown('openai/b', 'quota', 9_000, 2_000);
  expect(db.prepare('select name from model_cooldowns').pluck().all()).toEqual(['openai/b']);
});

test('an answer ends what an unsupported model waits for, but no limit', () => {
  models.coolDown('openai/a', 'model', 1_000, 1);
  models.observe('openai/a', 'unsupported', null, 1);
  models.coolDown('openai/b', 'quota', 1_000, 1);
  models.noteWorking('openai/a', 2);
  models.noteWorking('openai/b', 2);
  expect(models.listCooling(3).map(({ name }) => name)).toEqual(['openai/b']);
});

test('a cool-down can be ended before its time', () => {
  models.coolDown('openai/a', 'quota', 1_000, 1);
  models.endCoolDown('openai/a');
  expect(models.listCooling(2)).toEqual([]);
});

test('of what runs have shown of a model the newest counts, until it is forgotten', () => {
  models.observe('openai-codex/a', 'working', null, 1);
  models.observe('openai-codex/a', 'unsupported', 'not supported', 2);
  expect(models.listObservations()).toEqual([
    { name: 'openai-codex/a', status: 'unsupported', detail: 'not supported', observedAt: 2 },
  ]);
  models.forgetObservation('openai-codex/a');
  expect(models.listObservations()).toEqual([]);
});

test('a stored default that no version has written is not passed on', () => {
  db.prepare("insert into model_defaults values ('openai', '{\"primary\":7}', 'person', 1)").run();
  expect(() => models.storedDefaults()).toThrow(/provider\/model/);
});
