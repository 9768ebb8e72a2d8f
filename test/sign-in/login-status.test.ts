import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOW } from '../../src/cli/cli-world.fixture.ts';
import { homeOf, loginInBrowser, register } from './login-actions.ts';
import { startLoginWorld } from './login-world.ts';

test('status tells a broken sign-in, a file that others can read, and one in a group’s home', async () => {
  await using world = await startLoginWorld();
  register(world);
  await loginInBrowser(world);
  const stored = JSON.parse(world.stored('openai-codex.json') ?? '');
  const path = join(world.cli.paths.credentials, 'openai-codex.json');
  const broken = { code: 'refresh_token_reused', at: 1 };
  writeFileSync(path, JSON.stringify({ ...stored, broken, expiresAt: NOW }));
  writeFileSync(join(world.cli.paths.credentials, 'openai.json'), '{}', { mode: 0o644 });
  const issued = world.server.issueSignIn();
  homeOf(world, 'work').write({
    tokens: {
      id_token: issued.idToken,
      access_token: issued.accessToken,
      refresh_token: issued.refreshToken,
    },
  });
  const { code, stdout } = await world.cli.run('login', 'status');
  expect(code).toBe(3);
  const text = stdout.replaceAll(/\n\s*/g, ' ');
  expect(text).toContain('a copy of it was used elsewhere (refresh_token_reused)');
  expect(text).toContain('chmod 600');
  expect(text).toContain('ChatGPT sign-in in the home of the group work used by work');
  expect(text).toContain('The group family cannot sign in: run `deckhand login codex`.');
  expect(stdout.split('\n').filter((line) => line.length > 80 && !line.includes(path))).toEqual([]);
});

test('a sign-in that is over serves until its access token expires', async () => {
  await using world = await startLoginWorld();
  register(world);
  await loginInBrowser(world);
  const stored = JSON.parse(world.stored('openai-codex.json') ?? '');
  const broken = { code: 'refresh_token_expired', at: 1 };
  world.store('openai-codex.json', JSON.stringify({ ...stored, broken }));
  const { code, stdout } = await world.cli.run('login', 'status');
  expect(code).toBe(0);
  expect(stdout).toContain('not renewed');
  expect(stdout).toContain('it was not used for too long');
  expect(stdout).toContain('used by family, work');
});

test('without anything status says how to begin', async () => {
  await using world = await startLoginWorld();
  expect(await world.cli.run('login', 'status')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('`deckhand login codex` signs in with ChatGPT'),
  });
});
