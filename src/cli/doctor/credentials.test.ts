import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCredentialStore } from '../../credentials/file-credential-store.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';
import { findingsOf, registerCodex, writeEnv } from './doctor.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

const signIn = {
  v: 1,
  kind: 'sign_in',
  accessToken: 'a',
  refreshToken: 'r',
  idToken: 'i',
  accountId: 'acct',
  expiresAt: NOW + 1,
  refreshedAt: NOW,
  signedInAt: NOW,
  source: 'browser',
} as const;

test('a claude group without a credential is told where to get one', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({
    status: 'problem',
    mend: { commands: ['npx deckhand login claude'] },
  });
});

test('a codex group without a credential is told both ways to get one', async () => {
  registerCodex(world);
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({
    status: 'problem',
    mend: { commands: ['npx deckhand login codex', 'npx deckhand login codex --api-key'] },
  });
});

test.for([
  ['api_key', 'npx deckhand login codex --api-key'],
  ['chatgpt', 'npx deckhand login codex'],
] as const)('a codex group that is set to %s is told that one only', async ([authMethod, mend]) => {
  if (authMethod === 'chatgpt') writeEnv(world, 'OPENAI_API_KEY=sk-test\n');
  registerCodex(world, { authMethod });
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({ status: 'problem', mend: { commands: [mend] } });
});

test('what a codex group signs in with is shown', async () => {
  writeEnv(world, 'OPENAI_API_KEY=sk-test\n');
  registerCodex(world);
  expect(await findingsOf(world, 'credentials')).toMatchObject([
    { status: 'ok', detail: 'one: OPENAI_API_KEY; nothing for openai-codex' },
  ]);
  const store = createCredentialStore({ folder: world.paths.credentials });
  await store.write({ name: 'openai-codex' }, signIn);
  expect(await findingsOf(world, 'credentials')).toMatchObject([
    { status: 'ok', detail: 'one: openai-codex (stored), OPENAI_API_KEY' },
  ]);
});

test('a sign-in that is over is a problem, also while others serve', async () => {
  writeEnv(world, 'OPENAI_API_KEY=sk-test\n');
  registerCodex(world);
  const store = createCredentialStore({ folder: world.paths.credentials });
  const broken = { code: 'refresh_token_reused', at: NOW };
  await store.write({ name: 'openai-codex' }, { ...signIn, broken });
  expect(await findingsOf(world, 'credentials')).toMatchObject([
    { status: 'problem', mend: { text: expect.stringContaining('deckhand login codex') } },
    { status: 'ok' },
  ]);
});

test('a credential that other users can read is a problem with the command that mends it', async () => {
  registerCodex(world);
  const path = join(world.paths.credentials, 'openai.json');
  mkdirSync(world.paths.credentials, { recursive: true, mode: 0o700 });
  writeFileSync(path, '{}');
  chmodSync(path, 0o644);
  const [finding] = await findingsOf(world, 'credentials');
  expect(finding).toMatchObject({
    status: 'problem',
    mend: { text: expect.stringContaining('chmod 600') },
  });
});
