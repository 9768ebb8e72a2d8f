import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createModelStore } from '../../db/models.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

const fileSchema = z.object({ '1@g.us': z.looseObject({}) });

function stored() {
  return fileSchema.parse(JSON.parse(readFileSync(world.paths.registrations, 'utf8')))['1@g.us'];
}

function add(...args: string[]) {
  return world.run('groups', 'add', '1@g.us', '--name', 'One', ...args);
}

test('a group is registered with responses, its settings and models of its own', async () => {
  const args = '--provider responses --policy readonly --auth api_key --fallback-to-claude';
  const models = '--model openai/gpt-5.5 --fallback openai/gpt-4o-mini';
  const { code, stdout } = await add(...`${args} ${models}`.split(' '));
  expect(code).toBe(0);
  expect(stored()).toMatchObject({
    provider: 'responses',
    providerConfig: { responses: { approvalPolicy: 'readonly', authMethod: 'api_key' } },
    fallbackToClaude: true,
    model: { primary: 'openai/gpt-5.5', fallbacks: ['openai/gpt-4o-mini'] },
  });
  expect(stdout).toContain('responses, policy readonly, auth api_key');
  expect(stdout).toContain('asks openai/gpt-5.5, then openai/gpt-4o-mini');
});

test('the settings of codex and responses are kept apart', async () => {
  await add('--provider', 'codex', '--policy', 'full');
  await world.run('groups', 'set', 'one', '--provider', 'responses', '--auth', 'chatgpt');
  expect(stored()).toMatchObject({
    providerConfig: {
      codex: { approvalPolicy: 'full' },
      responses: { authMethod: 'chatgpt' },
    },
  });
});

test('Claude as the last resort is allowed and forbidden', async () => {
  await add('--provider', 'codex', '--fallback-to-claude');
  expect(stored()).toMatchObject({ fallbackToClaude: true });
  await world.run('groups', 'set', 'one', '--no-fallback-to-claude');
  expect(stored()).toMatchObject({ fallbackToClaude: false });
});

test.each([
  [['--model', 'gpt-5.5'], 'openai-codex/, openai/, anthropic/'],
  [['--model', 'anthropic/claude-opus-5'], 'fallbackToClaude'],
  [['--model', 'openai-codex/gpt-5.3-codex'], '--yes'],
  [['--fallback', 'openai/gpt-5.5'], '--model'],
])('groups set %j is refused with exit code 2 and changes nothing', async (args, reason) => {
  await add('--provider', 'codex');
  const before = stored();
  const { code, stderr } = await world.run('groups', 'set', 'one', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(reason);
  expect(stored()).toEqual(before);
});

test('a model of Claude is fine where Claude may answer, also when that is said at the same time', async () => {
  await add('--provider', 'codex');
  const args = ['--fallback-to-claude', '--model', 'anthropic/claude-opus-5'];
  expect((await world.run('groups', 'set', 'one', ...args)).code).toBe(0);
  expect(stored()).toMatchObject({ model: 'anthropic/claude-opus-5' });
});

test('choosing a model for a group ends its cool-down', async () => {
  await add('--provider', 'codex');
  world.fill((db) => createModelStore(db).coolDown('openai/gpt-5.5', 'quota', NOW + 1000, NOW));
  await world.run('groups', 'set', 'one', '--model', 'openai/gpt-5.5');
  world.fill((db) => expect(createModelStore(db).listCooling(NOW)).toEqual([]));
});

test('a model that the pinned credential asks by another name is judged and freed by that one', async () => {
  await add('--provider', 'codex', '--auth', 'api_key');
  world.fill((db) => createModelStore(db).coolDown('openai/gpt-5.4', 'quota', NOW + 1000, NOW));
  const chosen = await world.run('groups', 'set', 'one', '--model', 'openai-codex/gpt-5.4');
  expect(chosen.stderr).toBe(
    'Note: openai-codex/gpt-5.4 is asked as openai/gpt-5.4: the group is set to auth api_key.\n',
  );
  expect(chosen.code).toBe(0);
  world.fill((db) => expect(createModelStore(db).listCooling(NOW)).toEqual([]));
});

test('a change of the provider that leaves a group without any fitting model says so', async () => {
  await add('--provider', 'codex', '--model', 'openai/gpt-5.5');
  const { code, stdout } = await world.run('groups', 'set', 'one', '--provider', 'claude');
  expect(code).toBe(0);
  expect(stdout).toContain('openai/gpt-5.5 is not a model of Claude');
  expect(stdout).toContain('deckhand models reset --group one');
});
