import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secrets } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import { hostPaths } from '../paths.ts';
import { createResolveCredential } from './resolve-credential.ts';

let home = '';
const handedOver: string[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deckhand-credentials-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function resolve(secrets: Secrets, group: object) {
  const registered = registeredGroupSchema.parse({
    jid: '1@g.us',
    name: 'A',
    folder: 'a',
    ...group,
  });
  const handOver = async (path: string) => void handedOver.push(path);
  return createResolveCredential({ secrets, paths: hostPaths(home), now: () => 0, handOver })(
    registered,
  );
}

function signIn(): void {
  const folder = hostPaths(home).codexHome('a');
  mkdirSync(folder, { recursive: true });
  const tokens = { id_token: 'a.b.c', access_token: 'a.b.c', refresh_token: 'r' };
  writeFileSync(
    join(folder, 'auth.json'),
    JSON.stringify({ tokens, last_refresh: '2026-01-01T00:00:00Z' }),
  );
}

const all: Secrets = {
  ANTHROPIC_API_KEY: 'ak',
  CLAUDE_CODE_OAUTH_TOKEN: 'ct',
  OPENAI_API_KEY: 'ok',
};

test('a claude group gets the API key, else the OAuth token, and nothing of OpenAI', async () => {
  expect(await resolve(all, {})).toEqual({ ok: true, secrets: { ANTHROPIC_API_KEY: 'ak' } });
  expect(await resolve({ CLAUDE_CODE_OAUTH_TOKEN: 'ct' }, {})).toEqual({
    ok: true,
    secrets: { CLAUDE_CODE_OAUTH_TOKEN: 'ct' },
  });
});

test('a codex group uses its ChatGPT sign-in and is given no key', async () => {
  signIn();
  expect(await resolve(all, { provider: 'codex' })).toEqual({
    ok: true,
    secrets: {},
    codexAuth: 'chatgpt',
  });
  expect(handedOver).toEqual([join(hostPaths(home).codexHome('a'), 'auth.json')]);
});

test('a codex group without a sign-in falls back to the API key', async () => {
  expect(await resolve(all, { provider: 'codex' })).toEqual({
    ok: true,
    secrets: { OPENAI_API_KEY: 'ok' },
    codexAuth: 'api_key',
  });
});

test('authMethod pins one credential even when the other exists', async () => {
  const pin = (authMethod: string) => ({
    provider: 'codex',
    providerConfig: { codex: { authMethod } },
  });
  expect(await resolve(all, pin('chatgpt'))).toMatchObject({ ok: false });
  signIn();
  expect(await resolve(all, pin('api_key'))).toMatchObject({ ok: true, codexAuth: 'api_key' });
  expect(await resolve({}, pin('api_key'))).toMatchObject({ ok: false });
});

test.each([
  ['codex', 'deckhand login codex'],
  ['claude', 'ANTHROPIC_API_KEY'],
])('%s without any credential says in one sentence what mends it', async (provider, mend) => {
  const credential = await resolve({}, { provider });
  expect(credential).toMatchObject({ ok: false, notice: expect.stringContaining(mend) });
});
