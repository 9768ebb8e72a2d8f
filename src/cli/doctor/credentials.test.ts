import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { examineWith, findingsOf, registerCodex, writeEnv } from './doctor.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

test('a claude group without a credential is told where to get one', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.mend).toMatch(/ANTHROPIC_API_KEY.*CLAUDE_CODE_OAUTH_TOKEN.*claude setup-token/s);
});

test('a codex group without a credential gets the exact command', async () => {
  registerCodex(world);
  const [finding] = await findingsOf(world, 'credentials');
  const home = world.paths.codexHome('one');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.mend).toContain(`$ mkdir -p ${home}\n$ CODEX_HOME=${home} npx codex login\n`);
  expect(finding?.mend).toContain('Or set OPENAI_API_KEY in .env.');
});

test('in the folder of the project the command is as short as can be', async () => {
  registerCodex(world);
  const findings = await examineWith(world, world.home, {});
  const mends = findings.map(({ mend }) => mend ?? '').join('\n');
  expect(mends).toContain('$ CODEX_HOME=data/codex/one/.codex npx codex login\n');
});

test.for([
  ['api_key', /^Set OPENAI_API_KEY in \.env: the group is set to auth api_key\.$/],
  ['chatgpt', /npx codex login\nOn a machine without a browser add --device-auth\.$/],
] as const)('a codex group that is set to %s is told that one only', async ([authMethod, mend]) => {
  if (authMethod === 'chatgpt') writeEnv(world, 'OPENAI_API_KEY=sk-test\n');
  registerCodex(world, { authMethod });
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({ status: 'problem', mend: expect.stringMatching(mend) });
});

test('what a codex group signs in with is shown', async () => {
  writeEnv(world, 'OPENAI_API_KEY=sk-test\n');
  registerCodex(world);
  expect(await findingsOf(world, 'credentials')).toMatchObject([
    { status: 'ok', detail: 'one (codex): OPENAI_API_KEY' },
  ]);
  mkdirSync(world.paths.codexHome('one'), { recursive: true });
  const tokens = { id_token: 'a.b.c', access_token: 'a.b.c', refresh_token: 'r' };
  const auth = JSON.stringify({ tokens, last_refresh: '2026-01-01T00:00:00Z' });
  writeFileSync(join(world.paths.codexHome('one'), 'auth.json'), auth);
  expect(await findingsOf(world, 'credentials')).toMatchObject([
    { status: 'ok', detail: 'one (codex): ChatGPT sign-in' },
  ]);
});

test('a damaged sign-in is a problem that says what is wrong with it', async () => {
  registerCodex(world);
  mkdirSync(world.paths.codexHome('one'), { recursive: true });
  writeFileSync(join(world.paths.codexHome('one'), 'auth.json'), '{"tokens":');
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({
    status: 'problem',
    detail: expect.stringContaining('it is not JSON'),
  });
});
