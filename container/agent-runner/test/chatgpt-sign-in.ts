import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A token in the form of a JWT that names who it is for; nobody signs it. */
export function accessToken(name: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: name })}.c2ln`;
}

/** Writes `auth.json` as the host does: whole or not at all, with an access token and no refresh token. */
export async function writeSignIn(codexHome: string, token: string): Promise<void> {
  await mkdir(codexHome, { recursive: true });
  const tokens = { id_token: token, access_token: token, refresh_token: '', account_id: 'acct-1' };
  const auth = { auth_mode: 'chatgptAuthTokens', OPENAI_API_KEY: null, tokens };
  const path = join(codexHome, 'auth.json');
  await writeFile(`${path}.tmp`, JSON.stringify(auth), { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}
