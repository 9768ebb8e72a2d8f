import { join } from 'node:path';
import { decodeLine, type RunRequest } from '@deckhand/protocol';
import { z } from 'zod';
import { readBoundedFile } from '../../bounded-file.ts';

const MAX_AUTH_BYTES = 256 * 1024;

/** With what a model request signs in. Never logged. */
export interface ModelCredential {
  readonly token: string;
  /** Of the ChatGPT account; absent for an API key. */
  readonly accountId?: string;
}

export type CredentialOutcome =
  /** No credential: the host adds it. */
  | { readonly ok: true; readonly credential: ModelCredential | undefined }
  /** `detail` names no secret. */
  | { readonly ok: false; readonly detail: string };

const authSchema = z.looseObject({
  tokens: z.looseObject({ access_token: z.string().min(1), account_id: z.string().min(1) }),
});

/** The access token that the host keeps in `auth.json` of the CODEX_HOME. */
export async function readChatgptCredential(codexHome: string): Promise<CredentialOutcome> {
  const text = await readBoundedFile(join(codexHome, 'auth.json'), MAX_AUTH_BYTES);
  const decoded = decodeLine(text ?? '');
  const auth = authSchema.safeParse(decoded.ok ? decoded.value : undefined);
  if (!auth.success) return { ok: false, detail: 'auth.json holds no usable ChatGPT sign-in' };
  const { access_token: token, account_id: accountId } = auth.data.tokens;
  return { ok: true, credential: { token, accountId } };
}

/** The credential that the host decided on. */
export async function readCredential(
  { responses, secrets, gateway }: RunRequest,
  codexHome: string,
): Promise<CredentialOutcome> {
  if (gateway !== undefined) return { ok: true, credential: undefined };
  if (responses?.auth === 'chatgpt') return await readChatgptCredential(codexHome);
  const token = secrets.OPENAI_API_KEY;
  if (token !== undefined) return { ok: true, credential: { token } };
  return { ok: false, detail: 'the request carries no OPENAI_API_KEY' };
}
