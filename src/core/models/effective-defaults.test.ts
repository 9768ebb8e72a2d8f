import { expect, test } from 'vitest';
import { effectiveModels } from './effective-defaults.ts';

const preset = { primary: 'openai-codex/a', fallbacks: ['openai/b'] };

test("a person's stored choice comes before the configuration and is taken as it is", () => {
  const stored = { openai: { setting: preset, chosenBy: 'person' } } as const;
  expect(effectiveModels(stored, { codexModel: 'x' }).defaults).toEqual({ openai: preset });
});

test('what .env says comes before what a sign-in brought', () => {
  const stored = { openai: { setting: preset, chosenBy: 'sign-in' } } as const;
  const { defaults, builtIn } = effectiveModels(stored, { codexModel: 'x' });
  expect(defaults).toEqual({});
  expect(builtIn.codex).toBe('x');
});

test('behind the models that a sign-in brought stands the built-in one', () => {
  const stored = { openai: { setting: preset, chosenBy: 'sign-in' } } as const;
  expect(effectiveModels(stored, {}).defaults).toEqual({
    openai: { primary: 'openai-codex/a', fallbacks: ['openai/b', 'openai-codex/gpt-6.1-sol'] },
  });
});
