import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCliWorld } from '../cli-world.fixture.ts';
import { checkLock } from './orphan-files.ts';

const NOBODY = 999_999_999;

test('a lock that another command has taken over while a person was asked is kept', async () => {
  using world = createCliWorld();
  world.register({});
  const lock = `${world.paths.registrations}.lock`;
  writeFileSync(lock, `${NOBODY} mark`);
  const [finding] = await checkLock(world.paths, Date.now);
  writeFileSync(lock, `${process.pid} mark`);
  const { signal } = new AbortController();
  expect(await finding?.fix?.apply(signal)).toMatch(
    /^left data\/registered_groups\.json\.lock to /,
  );
  expect(existsSync(lock)).toBe(true);
  writeFileSync(lock, `${NOBODY} mark`);
  expect(await finding?.fix?.apply(signal)).toBe('removed data/registered_groups.json.lock');
  expect(existsSync(lock)).toBe(false);
});
