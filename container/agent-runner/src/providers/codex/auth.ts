import { join } from 'node:path';
import type { RunRequest } from '@deckhand/protocol';
import { z } from 'zod';
import { readBoundedFile } from '../../bounded-file.ts';

const MAX_AUTH_BYTES = 256 * 1024;

/**
 * What the CLI needs to send an Authorization header; it ignores a lesser file silently and goes out
 * unauthenticated. (CLI 0.169.)
 */
const chatgptAuthSchema = z.looseObject({
  tokens: z.looseObject({
    id_token: z.string().min(1),
    access_token: z.string().min(1),
    refresh_token: z.string(),
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

/** Checks the credential the host decided on before the CLI runs, because the CLI checks nothing. */
export async function findCredential(
  request: RunRequest,
  codexHome: string,
): Promise<CodexCredential> {
  if (request.codex?.auth === 'chatgpt') {
    const text = await readBoundedFile(join(codexHome, 'auth.json'), MAX_AUTH_BYTES);
    if (text !== undefined && isUsable(text)) return { status: 'ok' };
    return { status: 'missing', detail: 'auth.json holds no usable ChatGPT sign-in' };
  }
  const apiKey = request.secrets.OPENAI_API_KEY;
  if (apiKey !== undefined) return { status: 'ok', apiKey };
  return { status: 'missing', detail: 'the request carries no OPENAI_API_KEY' };
}
