import { expect, test } from 'vitest';
import { clampEffort, type Effort } from './effort.ts';

const all: readonly Effort[] = ['minimal', 'low', 'medium', 'high', 'xhigh'];

function clamp(model: string, wanted: string, efforts = all) {
  return clampEffort({ model, efforts, defaultEffort: 'medium' }, wanted);
}

test.each([
  ['gpt-5.2', 'minimal', 'low'],
  ['gpt-5.3-codex', 'minimal', 'low'],
  ['gpt-5.4', 'minimal', 'low'],
  ['gpt-5.4', 'xhigh', 'xhigh'],
  ['gpt-5.1', 'xhigh', 'high'],
  ['gpt-5.1-codex', 'xhigh', 'high'],
  ['gpt-5.1-codex-mini', 'high', 'high'],
  ['gpt-5.1-codex-mini', 'xhigh', 'high'],
  ['gpt-5.1-codex-mini', 'low', 'medium'],
  ['gpt-5.1-codex-mini', 'minimal', 'medium'],
  ['gpt-5.10', 'minimal', 'minimal'],
  ['gpt-5.5', 'minimal', 'minimal'],
])('%s: %s becomes %s', (model, wanted, expected) => {
  expect(clamp(model, wanted)).toBe(expected);
});

test('an effort that a model does not have becomes the nearest one', () => {
  expect(clamp('gpt-6-luna', 'ultra', ['low', 'medium', 'high', 'xhigh', 'max'])).toBe('max');
  expect(clamp('gpt-6-luna', 'minimal', ['low', 'medium'])).toBe('low');
});

test('of two that are equally near the lower one is taken, whatever their order in the catalog', () => {
  expect(clamp('x', 'medium', ['high', 'low'])).toBe('low');
});

test('what is no effort becomes the default of the model', () => {
  expect(clamp('gpt-5.5', 'very much')).toBe('medium');
  expect(clamp('gpt-5.5', 'HIGH')).toBe('high');
  expect(clampEffort({ model: 'x', efforts: ['low', 'high'] }, 'nonsense')).toBe('low');
});

test('a model that does not reason gets no effort', () => {
  expect(clampEffort({ model: 'gpt-4o-mini', efforts: [] }, 'high')).toBeUndefined();
});
