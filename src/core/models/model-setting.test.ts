import { expect, test } from 'vitest';
import { hasModelOf, modelSettingSchema, modelsOf, summarizeModel } from './model-setting.ts';

const chain = {
  primary: 'openai/gpt-5.3-codex',
  fallbacks: ['openai/gpt-4o-mini', 'openai/gpt-5.3-codex'],
};

test('a summary accepts a model as string and as object', () => {
  expect(summarizeModel('openai/gpt-4o-mini')).toBe('openai/gpt-4o-mini');
  expect(summarizeModel(chain)).toBe('openai/gpt-5.3-codex, then openai/gpt-4o-mini');
});

test('provider matching accepts a model as string and as object, by its normalized name', () => {
  expect(hasModelOf('openai-codex', 'openai/gpt-5.3-codex')).toBe(true);
  expect(hasModelOf('openai', 'openai/gpt-5.3-codex')).toBe(false);
  expect(hasModelOf('openai', chain)).toBe(true);
  expect(hasModelOf('openai-codex', chain)).toBe(true);
  expect(hasModelOf('anthropic', chain)).toBe(false);
  expect(hasModelOf('openai', 'gpt-4o-mini')).toBe(false);
});

test('a model is listed once', () => {
  expect(modelsOf(chain)).toEqual(['openai/gpt-5.3-codex', 'openai/gpt-4o-mini']);
});

test.each([
  { primary: 'a b', fallbacks: [] },
  'openai/nul\u0000',
  '--option',
  { primary: 'a' },
  7,
  { primary: 'a', fallbacks: Array(10).fill('b') },
])('what is no model setting is refused: %j', (value) =>
  expect(modelSettingSchema.safeParse(value).success).toBe(false),
);
