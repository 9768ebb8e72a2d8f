import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChosenDefault } from '../../core/models/effective-defaults.ts';
import { CHATGPT_PRESET } from '../../core/models/preset.ts';
import { createModelStore } from '../../db/models.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { contextOf } from '../context.fixture.ts';
import { applySignInPreset, removeSignInPreset } from './apply-preset.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

function storedDefault(): ChosenDefault | undefined {
  const found: ChosenDefault[] = [];
  world.fill((db) => {
    const stored = createModelStore(db).findDefault('openai');
    if (stored) found.push(stored);
  });
  return found[0];
}

const preset = { setting: CHATGPT_PRESET.setting, chosenBy: 'sign-in' };

test('after a sign-in the preset becomes the default, also before there is a database', () => {
  const note = applySignInPreset(contextOf(world));
  expect(note).toContain(
    'ask openai-codex/gpt-5.3-codex, then openai/gpt-5.2-codex, then openai/gpt-4o-mini.',
  );
  expect(note).toContain('retired for ChatGPT accounts since 2026-06, by public reports');
  expect(storedDefault()).toEqual(preset);
});

test('a model that the person chose stays the default after a sign-in', () => {
  const own = { setting: 'openai/gpt-5.5', chosenBy: 'person' } as const;
  world.fill((db) => createModelStore(db).putDefault('openai', own, 1));
  expect(applySignInPreset(contextOf(world))).toBeUndefined();
  expect(removeSignInPreset(contextOf(world))).toBeUndefined();
  expect(storedDefault()).toEqual(own);
});

test('a model that the person wrote into the configuration stays the default after a sign-in', () => {
  world.environment['CODEX_MODEL'] = 'gpt-5.5';
  expect(applySignInPreset(contextOf(world))).toBeUndefined();
  expect(storedDefault()).toBeUndefined();
});

test('a sign-out takes the preset back', () => {
  applySignInPreset(contextOf(world));
  expect(removeSignInPreset(contextOf(world))).toContain('no longer count');
  expect(storedDefault()).toBeUndefined();
  expect(removeSignInPreset(contextOf(world))).toBeUndefined();
});

test('a database of an older version leaves the sign-in alone and says what to do', () => {
  world.fill((db) => db.pragma('user_version = 3'));
  expect(applySignInPreset(contextOf(world))).toContain('run `deckhand start` once');
});
