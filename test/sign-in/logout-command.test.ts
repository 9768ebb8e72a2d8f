import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOW } from '../../src/cli/cli-world.fixture.ts';
import { createContainerAuth } from '../../src/credentials/container-auth.ts';
import { homeOf, loginInBrowser, register } from './login-actions.ts';
import { startLoginWorld } from './login-world.ts';

test('the sign-in of a group that is no longer registered can be ended', async () => {
  await using world = await startLoginWorld();
  register(world);
  await loginInBrowser(world, ['--group', 'family']);
  world.cli.register({});
  expect((await world.cli.run('login', 'status')).stdout).toContain('of the group family');
  const { stdout } = await world.cli.run('logout', 'codex', '--group', 'family');
  expect(stdout).toContain('is ended and removed');
  expect(world.stored('groups/family/openai-codex.json')).toBeUndefined();
  const unknown = await world.cli.run('logout', 'codex', '--group', 'family');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('No registered') });
});

test('signing out of the installation leaves the token of a group with a sign-in of its own', async () => {
  await using world = await startLoginWorld();
  register(world);
  await loginInBrowser(world);
  await loginInBrowser(world, ['--group', 'family']);
  const [family, work] = [homeOf(world, 'family'), homeOf(world, 'work')];
  const token = { accessToken: 'e30.e30.', idToken: 'a.b.c', accountId: 'acct' };
  await createContainerAuth(family.deps).publish('family', token);
  await createContainerAuth(work.deps).publish('work', token);
  await world.cli.run('logout', 'codex');
  expect(await family.read()).toContain('e30.e30.');
  expect(await work.read()).toBeUndefined();
});

test('logging out of what is not there, or of what a group cannot have, is said', async () => {
  await using world = await startLoginWorld();
  expect(await world.cli.run('logout', 'claude')).toMatchObject({
    code: 0,
    stdout: 'No key or token for Claude is stored.\n',
  });
  expect(await world.cli.run('logout', 'claude', '--group', 'a')).toMatchObject({ code: 2 });
  expect(await world.cli.run('logout', 'phone')).toMatchObject({ code: 2 });
});

test('a group whose own sign-in is over has used that of the installation, and gives its token back', async () => {
  await using world = await startLoginWorld();
  register(world);
  await loginInBrowser(world);
  await loginInBrowser(world, ['--group', 'family']);
  const own = JSON.parse(world.stored('groups/family/openai-codex.json') ?? '');
  const broken = { code: 'refresh_token_expired', at: 1 };
  const over = JSON.stringify({ ...own, broken, expiresAt: NOW });
  world.store('groups/family/openai-codex.json', over);
  const family = homeOf(world, 'family');
  const token = { accessToken: 'e30.e30.', idToken: 'a.b.c', accountId: 'acct' };
  await createContainerAuth(family.deps).publish('family', token);
  await world.cli.run('logout', 'codex');
  expect(await family.read()).toBeUndefined();
  expect(world.stored('groups/family/openai-codex.json')).toBe(over);
});

test('a server that cannot confirm the end is said, and the sign-in is removed all the same', async () => {
  await using world = await startLoginWorld();
  await loginInBrowser(world);
  world.server.failNext('revoke', 'reset');
  const { code, stdout } = await world.cli.run('logout', 'codex');
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('did not confirm'),
  });
  expect(world.stored('openai-codex.json')).toBeUndefined();
});

test.each(['{"v":1,"kind":"sign_', 'world-readable'])(
  'logging out of a file that cannot be used (%s) says that the server still has the sign-in',
  async (content) => {
    await using world = await startLoginWorld();
    await loginInBrowser(world);
    const path = join(world.cli.paths.credentials, 'openai-codex.json');
    if (content === 'world-readable') chmodSync(path, 0o644);
    else writeFileSync(path, content);
    const { code, stdout } = await world.cli.run('logout', 'codex');
    expect(code).toBe(0);
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'the server was not asked to end it: do that in the security settings of ChatGPT.',
    );
    expect(world.stored('openai-codex.json')).toBeUndefined();
  },
);
