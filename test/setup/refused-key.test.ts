import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createCliWorld } from '../../src/cli/cli-world.fixture.ts';
import { acceptAll, openModelDoor } from '../doctor/model-door.ts';

const keyOf = (letter: string) => `sk-ant-api03-${letter.repeat(40)}`;

test('a key that its server refuses is not kept, and one that cannot be tried is', async () => {
  using world = createCliWorld();
  await using door = await openModelDoor(() => ({ status: 401, body: {} }));
  Object.assign(world.environment, {
    DECKHAND_RUNTIME: 'process',
    WHATSAPP_URL: 'ws://127.0.0.1:9',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
  });
  const setUp = (key: string, ...more: string[]) =>
    world.runWith(
      { stdin: Readable.from([key]) },
      'setup',
      '--provider',
      'claude',
      '--api-key-stdin',
      ...more,
    );
  const untried = await setUp(keyOf('c'));
  expect(untried.stdout).toContain('127.0.0.1:9 did not say whether it takes it');
  const stored = () => readFileSync(join(world.paths.credentials, 'anthropic.json'), 'utf8');
  expect(stored()).toContain(keyOf('c'));

  world.environment['ANTHROPIC_BASE_URL'] = door.origin;
  const refused = await setUp(keyOf('d'), '--force-step', 'provider');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('refuses it') });
  expect(refused.stdout + refused.stderr).not.toContain(keyOf('d'));
  expect(stored()).toContain(keyOf('c'));

  door.rule = acceptAll;
  const taken = await setUp(keyOf('d'), '--force-step', 'provider');
  expect(taken.stdout).not.toContain('did not say');
  expect(stored()).toContain(keyOf('d'));
});
