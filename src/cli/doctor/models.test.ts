import { afterEach, beforeEach, expect, test } from 'vitest';
import { createModelStore } from '../../db/models.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';
import { findingsOf } from './doctor.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

function register(entry: object): void {
  world.register({ '1@g.us': { name: 'One', folder: 'one', provider: 'codex', ...entry } });
}

test('models that nothing speaks against are counted', async () => {
  register({});
  expect(await findingsOf(world, 'models')).toEqual([
    { id: 'models.ok', check: 'models', status: 'ok', detail: '2 are asked' },
  ]);
});

test('without groups nothing is said of models', async () => {
  world.register({});
  expect(await findingsOf(world, 'models')).toEqual([]);
});

test("a retired model in somebody's chain is a warning that names the source and the group", async () => {
  register({ model: { primary: 'openai/gpt-5.3-codex', fallbacks: ['openai/gpt-5.2-codex'] } });
  const [finding, ...others] = await findingsOf(world, 'models');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ status: 'warning' });
  expect(finding?.detail).toBe(
    'openai-codex/gpt-5.3-codex is retired for ChatGPT accounts since 2026-06, by public reports. Asked by one.',
  );
  expect(finding?.mend?.commands).toEqual(['npx deckhand models set <model> --group one']);
});

test('a model that a run was refused, one that cools down and one that nobody knows are warnings', async () => {
  register({
    model: { primary: 'openai/gpt-5.5', fallbacks: ['openai/gpt-4o-mini', 'openai/mine'] },
  });
  world.fill((db) => {
    const models = createModelStore(db);
    models.observe('openai/gpt-5.5', 'unsupported', 'not supported', 1);
    models.coolDown('openai/gpt-4o-mini', 'quota', NOW + 60_000, 1);
  });
  const findings = await findingsOf(world, 'models');
  expect(findings.map(({ status }) => status)).toEqual(['warning', 'warning', 'warning']);
  expect(findings.map(({ detail }) => detail)).toEqual([
    expect.stringContaining('openai/gpt-5.5 is not supported'),
    expect.stringContaining(
      'openai/gpt-4o-mini is not asked before 2026-12-01T12:01:00.000Z (quota)',
    ),
    expect.stringContaining('openai/mine is not in the catalog'),
  ]);
});

test('a name that cannot be read is a warning, and a problem when no other model is left', async () => {
  register({ model: { primary: 'x/y', fallbacks: ['openai/gpt-5.5'] } });
  expect(await findingsOf(world, 'models')).toMatchObject([{ status: 'warning' }]);
  register({ model: 'x/y' });
  const [finding] = await findingsOf(world, 'models');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.detail).toContain('one has no model that can be asked. "x/y"');
});
