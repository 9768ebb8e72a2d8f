import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A claim that the Codex CLI (0.169) wants in the id token before it goes on with a new access token. */
const USER = { 'https://api.openai.com/auth': { chatgpt_user_id: 'user-1' } };

/** A token in the form of a JWT that names who it is for; nobody signs it. */
export function accessToken(name: string, claims: object = USER): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: name, ...claims })}.c2ln`;
}

/** Writes `auth.json` as the host does: whole or not at all, with an access token and no refresh token. */
export async function writeSignIn(
  codexHome: string,
  token: string,
  accountId = 'acct-1',
): Promise<void> {
  await mkdir(codexHome, { recursive: true });
  const path = join(codexHome, 'auth.json');
  await writeFile(`${path}.tmp`, renderSignIn(token, accountId), { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

function renderSignIn(token: string, accountId: string): string {
  return JSON.stringify({
    auth_mode: 'chatgptAuthTokens',
    OPENAI_API_KEY: null,
    tokens: { id_token: token, access_token: token, refresh_token: '', account_id: accountId },
    last_refresh: '2026-11-21T00:00:00.000Z',
  });
}
