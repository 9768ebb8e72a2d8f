import { join } from 'node:path';
import type { RunRequest } from '@deckhand/protocol';
import { z } from 'zod';
import { readBoundedFile } from '../../bounded-file.ts';

const MAX_AUTH_BYTES = 256 * 1024;

/** Three parts of base64url without padding, of which the CLI reads the second. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * What the CLI needs to send its two headers; it ignores a file without a good id_token or last_refresh
 * silently and goes out unauthenticated, and without account_id names no account, whatever the claims say.
 * The access token may be anything. (CLI 0.169.)
 */
const chatgptAuthSchema = z.looseObject({
  tokens: z.looseObject({
    id_token: z.string().regex(JWT),
    access_token: z.string().min(1),
    refresh_token: z.string(),
    account_id: z.string().min(1),
  }),
  last_refresh: z.string().min(1),
});

export type CodexCredential =
  | { status: 'ok' /** For CODEX_API_KEY, which wins over auth.json. */; apiKey?: string }
  | { status: 'missing'; detail: string };

function isUsable(text: string): boolean {
  try {
    return chatgptAuthSchema.safeParse(JSON.parse(text)).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * Checks the credential the host decided on before the CLI runs, because the CLI checks nothing. Where the host asks the
 * model there is none in here.
 */
export async function findCredential(
  request: RunRequest,
  codexHome: string,
): Promise<CodexCredential> {
  if (request.gateway !== undefined) return { status: 'ok' };
  if (request.codex?.auth === 'chatgpt') {
    const text = await readBoundedFile(join(codexHome, 'auth.json'), MAX_AUTH_BYTES);
    if (text !== undefined && isUsable(text)) return { status: 'ok' };
    return { status: 'missing', detail: 'auth.json holds no usable ChatGPT sign-in' };
  }
  const apiKey = request.secrets.OPENAI_API_KEY;
  if (apiKey !== undefined) return { status: 'ok', apiKey };
  return { status: 'missing', detail: 'the request carries no OPENAI_API_KEY' };
}
