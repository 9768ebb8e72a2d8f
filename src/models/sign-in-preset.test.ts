import { expect, test } from 'vitest';
import { CHATGPT_PRESET } from '../core/models/preset.ts';
import { openDatabase } from '../db/database.ts';
import { createModelStore } from '../db/models.ts';
import { adoptSignInPreset } from './sign-in-preset.ts';

function openModels() {
  const db = openDatabase(':memory:');
  return { models: createModelStore(db), [Symbol.dispose]: () => void db.close() };
}

test('after a sign-in the preset is the default, however often', () => {
  using world = openModels();
  for (const now of [1, 2]) {
    expect(adoptSignInPreset({ ...world, config: {} }, now)).toEqual(CHATGPT_PRESET.setting);
  }
  expect(world.models.findDefault('openai')).toEqual({
    setting: CHATGPT_PRESET.setting,
    chosenBy: 'sign-in',
  });
});

test('what a person chose stays, by a command or in the configuration', () => {
  using world = openModels();
  const config = { codexModel: 'gpt-5.5' };
  expect(adoptSignInPreset({ ...world, config }, 1)).toBeUndefined();
  expect(world.models.findDefault('openai')).toBeUndefined();
  const chosen = { setting: 'openai-codex/gpt-5.5', chosenBy: 'person' } as const;
  world.models.putDefault('openai', chosen, 1);
  expect(adoptSignInPreset({ ...world, config: {} }, 2)).toBeUndefined();
  expect(world.models.findDefault('openai')).toEqual(chosen);
});
