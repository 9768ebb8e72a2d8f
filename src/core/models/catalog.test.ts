import { expect, test } from 'vitest';
import { BUNDLED_ENTRIES } from './bundled-entries.ts';
import { createCatalog } from './catalog.ts';
import { createDescribeModel } from './describe-model.ts';
import { isRetired } from './entry.ts';
import type { LiveList } from './live-list.ts';
import { formatModelRef, type ModelRef, normalizeModel } from './model-ref.ts';
import { modelsOf } from './model-setting.ts';
import { CHATGPT_PRESET } from './preset.ts';

const codex = (model: string): ModelRef => ({ provider: 'openai-codex', model });
const api = (model: string): ModelRef => ({ provider: 'openai', model });
const bundled = createCatalog({ entries: BUNDLED_ENTRIES });

test('openai-codex/gpt-5.3-codex resolves to openai-codex with a status other than unsupported', () => {
  const found = bundled.find(normalizeModel(api('gpt-5.3-codex')));
  expect(found.ref.provider).toBe('openai-codex');
  expect(found.status).toBe('catalog');
  expect(found.retirement).toEqual({ since: '2026-06', source: 'public reports' });
  expect(found.entry?.contextWindow).toBe(400_000);
});

test('a run that was told so makes it unsupported, and one that was answered working', () => {
  const observe = (status: 'working' | 'unsupported') =>
    createCatalog({
      entries: BUNDLED_ENTRIES,
      observations: [{ name: 'openai-codex/gpt-5.3-codex', status, detail: null, observedAt: 1 }],
    }).find(codex('gpt-5.3-codex'));
  expect(observe('unsupported').status).toBe('unsupported');
  expect(observe('working')).toMatchObject({ status: 'working' });
  expect(observe('working').retirement).toBeUndefined();
});

test('the catalog has the spark entry, cloned from gpt-5.3-codex', () => {
  const spark = bundled.find(codex('gpt-5.3-codex-spark'));
  expect(spark.status).toBe('catalog');
  expect(spark.entry).toMatchObject({ contextWindow: 400_000, clonedFrom: 'gpt-5.3-codex' });
  expect(spark.retirement).toBeUndefined();
  expect(bundled.list().map(({ name }) => name)).toContain('openai-codex/gpt-5.3-codex-spark');
});

test('a spark entry that is listed is left as it is, and none comes without gpt-5.3-codex', () => {
  const spark = { ...codex('gpt-5.3-codex-spark'), efforts: [], isLite: false, contextWindow: 5 };
  const source = BUNDLED_ENTRIES.filter(({ model }) => model === 'gpt-5.3-codex');
  const own = createCatalog({ entries: [...source, spark] });
  expect(own.find(codex('gpt-5.3-codex-spark')).entry?.contextWindow).toBe(5);
  const sparks = own.list().filter(({ name }) => name.endsWith('-spark'));
  expect(sparks).toHaveLength(1);
  const others = BUNDLED_ENTRIES.filter(({ model }) => model !== 'gpt-5.3-codex');
  const names = createCatalog({ entries: others })
    .list()
    .map(({ name }) => name);
  expect(names.filter((name) => name.includes('spark'))).toEqual([]);
});

test.each([
  ['gpt-6.2-sol', 'gpt-6.1-sol'],
  ['gpt-6.1-luna', 'gpt-6-luna'],
  ['gpt-5.5-mini', 'gpt-5.5'],
  ['gpt-5.4-codex', 'gpt-5.3-codex'],
  ['gpt-7-nova', 'gpt-6.1-sol'],
])('an unlisted newer model %s is taken for the nearest older %s', (model, template) => {
  const found = bundled.find(codex(model));
  expect(found.status).toBe('unknown');
  expect(found.entry).toMatchObject({ model, provider: 'openai-codex', clonedFrom: template });
  expect(found.retirement).toBeUndefined();
});

test.each([
  codex('gpt-4.1'),
  codex('o5'),
  api('my-finetune'),
  { provider: 'anthropic', model: 'gpt-9' } as const,
])('a model that nothing is like is unknown: %j', (ref) =>
  expect(bundled.find(ref)).toEqual({ ref, name: formatModelRef(ref), status: 'unknown' }),
);

const live: LiveList = {
  provider: 'openai-codex',
  isComplete: true,
  models: [
    { model: 'gpt-5.4', contextWindow: 300_000 },
    { model: 'gpt-7-sol', isLite: false, efforts: ['high'] },
  ],
};

test('a live list adds models, corrects facts and contradicts a retirement', () => {
  const catalog = createCatalog({ entries: BUNDLED_ENTRIES, live: [live] });
  const found = catalog.find(codex('gpt-5.4'));
  expect(found).toMatchObject({ status: 'catalog', entry: { contextWindow: 300_000 } });
  expect(found.retirement).toBeUndefined();
  expect(catalog.find(codex('gpt-7-sol'))).toMatchObject({
    status: 'catalog',
    entry: { isLite: false, efforts: ['high'] },
  });
});

test('a model that a complete live list has not is unknown, never unsupported', () => {
  const catalog = createCatalog({ entries: BUNDLED_ENTRIES, live: [live] });
  expect(catalog.find(codex('gpt-5.3-codex')).status).toBe('unknown');
  expect(catalog.find(api('gpt-5.2-codex')).status).toBe('catalog');
  const partly = createCatalog({
    entries: BUNDLED_ENTRIES,
    live: [{ ...live, isComplete: false }],
  });
  expect(partly.find(codex('gpt-5.3-codex')).status).toBe('catalog');
});

test('every model of the preset is in the catalog', () => {
  const known = new Set(bundled.list().map(({ name }) => name));
  for (const name of modelsOf(CHATGPT_PRESET.setting)) expect(known).toContain(name);
});

test('a retirement counts from its month on', () => {
  const retirement = { since: '2026-08', source: 'public reports' } as const;
  expect(isRetired(retirement, Date.UTC(2026, 6, 31, 23))).toBe(false);
  expect(isRetired(retirement, Date.UTC(2026, 7, 1))).toBe(true);
  expect(isRetired(undefined, Date.UTC(2030, 0))).toBe(false);
});

test('requests to a model depend on its entry, or on what most models take', () => {
  const describe = createDescribeModel(bundled);
  expect(describe(codex('gpt-6.1-sol')).isLite).toBe(true);
  expect(describe(codex('gpt-5.5')).isLite).toBe(false);
  expect(describe(codex('gpt-6-luna')).clampEffort('ultra')).toBe('max');
  expect(describe(api('gpt-4o-mini')).clampEffort('high')).toBeUndefined();
  expect(describe(api('gpt-4.1')).clampEffort('high')).toBeUndefined();
  expect(describe(api('gpt-5.1')).clampEffort('xhigh')).toBe('high');
  expect(describe(api('my-finetune')).clampEffort('minimal')).toBe('low');
});
