import { mkdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { displayWidth } from '../../core/terminal-text.ts';
import { createModelStore, type ModelStore } from '../../db/models.ts';
import { storeCatalog } from '../../models/stored-catalog.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.register({
    '1@g.us': { name: 'One', folder: 'one', provider: 'codex' },
    '2@g.us': { name: 'Two', folder: 'two' },
  });
});
afterEach(() => world[Symbol.dispose]());

function stored<T>(read: (models: ModelStore) => T): T {
  const found: T[] = [];
  world.fill((db) => void found.push(read(createModelStore(db))));
  const [value] = found;
  if (value === undefined) throw new Error('nothing was read');
  return value;
}

const registration = z.object({ '1@g.us': z.looseObject({ model: z.unknown().optional() }) });

function modelOfGroup(): unknown {
  const text = readFileSync(world.paths.registrations, 'utf8');
  return registration.parse(JSON.parse(text))['1@g.us'].model;
}

/** A person at a terminal who types this. */
function typing(text: string) {
  return { isStdinTty: true, stdin: Readable.from([text]) };
}

const RETIRED = 'openai-codex/gpt-5.3-codex';

test('a model and its fallbacks become the default of the groups whose provider they fit', async () => {
  const names = ['openai/gpt-5.5', 'openai/gpt-4o-mini', 'OpenAI-Codex/gpt-6.1-sol'];
  const args = names.join(' --fallback ').split(' ');
  const { code, stdout, stderr } = await world.run('models', 'set', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(
    'codex and responses groups ask: openai/gpt-5.5, then openai/gpt-4o-mini',
  );
  expect(stored((models) => models.storedDefaults())).toEqual({
    openai: {
      setting: {
        primary: 'openai/gpt-5.5',
        fallbacks: ['openai/gpt-4o-mini', 'openai-codex/gpt-6.1-sol'],
      },
      chosenBy: 'person',
    },
  });
  expect((await world.run('models', 'set', 'anthropic/claude-opus-5')).code).toBe(0);
  expect(stored((models) => models.findDefault('claude'))?.setting).toBe('anthropic/claude-opus-5');
});

test('a name is normalized, and that is said', async () => {
  const { code, stderr } = await world.run('models', 'set', 'openai/gpt-5.3-codex-spark');
  expect(code).toBe(0);
  expect(stderr).toContain('so openai-codex/gpt-5.3-codex-spark it is');
  const { setting } = stored((models) => models.findDefault('openai')) ?? {};
  expect(setting).toBe('openai-codex/gpt-5.3-codex-spark');
});

test('the model of a group goes into its registration', async () => {
  const { code } = await world.run('models', 'set', 'openai/gpt-5.5', '--group', 'one');
  expect(code).toBe(0);
  expect(modelOfGroup()).toBe('openai/gpt-5.5');
  expect((await world.run('models', 'reset', '--group', 'one')).code).toBe(0);
  expect(modelOfGroup()).toBeUndefined();
});

test.each([
  [['gpt-5.5'], 'openai-codex/, openai/, anthropic/'],
  [['mistral/large'], 'openai-codex/, openai/, anthropic/'],
  [['openai/gpt-5.5', '--fallback', 'x'], '"x" is not a model'],
  [['anthropic/claude-opus-5', '--group', 'one'], 'fallbackToClaude'],
  [['openai/gpt-5.5', '--group', 'two'], 'not a model of Claude'],
  [['openai/gpt-5.5', '--default-for', 'claude'], 'not a model of Claude'],
  [['openai/gpt-5.5', '--group', 'nobody'], 'No registered group'],
  [['openai/gpt-5.5', '--default-for', 'gemini'], 'claude, codex'],
])('models set %j is refused with exit code 2 and changes nothing', async (args, reason) => {
  const { code, stderr } = await world.run('models', 'set', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(reason);
  expect(stored((models) => models.storedDefaults())).toEqual({});
  expect(modelOfGroup()).toBeUndefined();
});

test('an unsupported choice warns and asks, and no answer but yes chooses it', async () => {
  const name = 'openai/gpt-5.5';
  world.fill((db) => createModelStore(db).observe(name, 'unsupported', 'x', 1));
  for (const answer of ['n\n', '\n', 'maybe\n', '']) {
    const refused = await world.runWith(typing(answer), 'models', 'set', name);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`Warning: ${name} is not supported: a run was told so.`);
    expect(refused.stderr).toContain('[y/N]');
  }
  expect(stored((models) => models.storedDefaults())).toEqual({});
  expect((await world.runWith(typing('y\n'), 'models', 'set', name)).code).toBe(0);
  expect(stored((models) => models.findDefault('openai'))?.setting).toBe(name);
});

test('a retired choice warns, and without a terminal it needs --yes', async () => {
  const refused = await world.run('models', 'set', RETIRED);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('retired for ChatGPT accounts since 2026-06, by public reports');
  expect(refused.stderr).toContain('--yes');
  expect(stored((models) => models.storedDefaults())).toEqual({});
  expect((await world.run('models', 'set', RETIRED, '--yes')).code).toBe(0);
  expect(stored((models) => models.findDefault('openai'))?.setting).toBe(RETIRED);
});

test('an unknown model warns and is chosen', async () => {
  const { code, stderr } = await world.run('models', 'set', 'openai/my-finetune');
  expect(code).toBe(0);
  expect(stderr).toContain('not in the catalog');
});

test('choosing a model ends its cool-down and forgets that it was unsupported', async () => {
  world.fill((db) => {
    const models = createModelStore(db);
    models.observe('openai/gpt-5.5', 'unsupported', null, 1);
    models.coolDown('openai/gpt-5.5', 'model', NOW + 1000, 1);
  });
  await world.run('models', 'set', 'openai/gpt-5.5', '--group', 'one', '--yes');
  expect(stored((models) => models.listCooling(NOW))).toEqual([]);
  expect(stored((models) => models.listObservations())).toEqual([]);
});

test('defaults are taken back together or for some groups', async () => {
  await world.run('models', 'set', 'openai/gpt-5.5');
  await world.run('models', 'set', 'anthropic/claude-opus-5');
  expect((await world.run('models', 'reset', '--default-for', 'codex')).code).toBe(0);
  expect(Object.keys(stored((models) => models.storedDefaults()))).toEqual(['claude']);
  await world.run('models', 'reset');
  expect(stored((models) => models.storedDefaults())).toEqual({});
  expect((await world.run('models', 'reset')).stdout).toContain('No default was stored');
});

test('the list shows first who is asked, with status, window, efforts and what speaks against it', async () => {
  world.fill((db) => {
    const models = createModelStore(db);
    models.observe('openai-codex/gpt-6.1-sol', 'working', null, 1);
    models.coolDown('openai/gpt-6.1-sol', 'quota', Date.UTC(2026, 11, 1, 15), 1);
  });
  const { code, stdout } = await world.run('models', 'list');
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^openai-codex\/gpt-6\.1-sol +working +272k +low…ultra$/);
  expect(lines[1]).toBe('    asked by one (1)');
  expect(lines[4]).toBe('    not asked before Tue 2026-12-01 15:00 (quota)');
  expect(stdout).toContain('    retired for ChatGPT accounts since 2026-06, by public reports');
  expect(stdout).toMatch(/openai\/gpt-4o-mini +catalog +128k +-\n/);
  expect(stdout).toContain('Default of claude groups: claude-sonnet-5\n');
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

const listing = z.object({
  models: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      usedBy: z.array(z.strictObject({ folder: z.string(), place: z.number() })),
    }),
  ),
  defaults: z.looseObject({ openai: z.unknown() }),
  fetchedAt: z.number().nullable(),
  notes: z.array(z.string()),
});

test('the list of a group is its chain, in order, with what was left out', async () => {
  const providerConfig = { codex: { authMethod: 'api_key' } };
  const model = { primary: 'openai/gpt-5.5', fallbacks: [RETIRED, 'x/y', 'openai/gpt-4o-mini'] };
  world.register({
    '1@g.us': { name: 'One', folder: 'one', provider: 'codex', model, providerConfig },
  });
  const { stdout } = await world.run('models', 'list', '--group', 'one', '--json');
  const { models, notes } = listing.parse(JSON.parse(stdout));
  expect(models.map(({ name, usedBy }) => [name, usedBy])).toEqual([
    ['openai/gpt-5.5', [{ folder: 'one', place: 1 }]],
    ['openai/gpt-4o-mini', [{ folder: 'one', place: 2 }]],
  ]);
  expect(notes).toEqual([
    expect.stringContaining('"x/y"'),
    `one: ${RETIRED} is left out: the group is set to auth api_key.`,
  ]);
});

test('what was listed live counts in later lists', async () => {
  mkdirSync(world.paths.data, { recursive: true });
  await storeCatalog(world.paths.modelCatalog, {
    fetchedAt: NOW - 1,
    lists: [{ provider: 'openai', isComplete: true, models: [{ model: 'gpt-7' }] }],
    notes: [],
  });
  const { models, fetchedAt } = listing.parse(
    JSON.parse((await world.run('models', 'list', '--json')).stdout),
  );
  const statusOf = (name: string) => models.find((model) => model.name === name)?.status;
  expect(statusOf('openai/gpt-7')).toBe('catalog');
  expect(statusOf('openai/gpt-4o-mini')).toBe('unknown');
  expect(fetchedAt).toBe(NOW - 1);
});

test('the live list is asked of the real CLI, and without credentials that is said', async () => {
  const { code, stdout } = await world.run('models', 'list', '--live', '--json');
  expect(code).toBe(0);
  const { notes, fetchedAt } = listing.parse(JSON.parse(stdout));
  expect(fetchedAt).toBe(NOW);
  expect(notes).toEqual([
    expect.stringContaining('Without a key of the API'),
    expect.stringContaining('Without a ChatGPT sign-in'),
  ]);
});
