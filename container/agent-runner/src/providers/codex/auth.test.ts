import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleRequest } from '../../example-request.testing.ts';
import { findCredential } from './auth.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'deckhand-auth-'));
});
afterEach(async () => await rm(home, { recursive: true }));

const codex = { approvalPolicy: 'auto', auth: 'chatgpt' } as const;
const tokens = {
  id_token: 'e30.e30.c2ln',
  access_token: 'opaque',
  refresh_token: '',
  account_id: 'acct',
};
const auth = { tokens, last_refresh: '2026-11-21T00:00:00Z' };

async function judge(content: string): Promise<string> {
  await writeFile(join(home, 'auth.json'), content);
  return (await findCredential(exampleRequest({ codex }), home)).status;
}

test('an access token without a refresh token is a sign-in', async () => {
  expect(await judge(JSON.stringify({ auth_mode: 'chatgptAuthTokens', ...auth }))).toBe('ok');
});

test.each<[string, object]>([
  ['an id token that is no JWT', { ...auth, tokens: { ...tokens, id_token: 'opaque' } }],
  ['no account', { ...auth, tokens: { ...tokens, account_id: '' } }],
  ['no time of the last refresh', { tokens }],
  ['no tokens', { OPENAI_API_KEY: 'sk', last_refresh: auth.last_refresh }],
])('%s is no sign-in: the CLI would go out without it', async (_title, file) => {
  expect(await judge(JSON.stringify(file))).toBe('missing');
});

test('half a file is no sign-in', async () => {
  expect(await judge(JSON.stringify(auth).slice(0, 40))).toBe('missing');
});
