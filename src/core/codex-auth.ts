import { z } from 'zod';
import { isJwtShaped, readJwtExpiry } from './jwt-claims.ts';

const jwt = z.string().refine(isJwtShaped, 'is not a JWT (three base64url parts)');

/** The parts of `auth.json` that Codex CLI 0.169 needs; it adds others and ignores a file without these. */
const chatgptSchema = z.looseObject({
  tokens: z.looseObject({
    id_token: jwt,
    access_token: z.string().min(1),
    refresh_token: z.string(),
  }),
  last_refresh: z.string().min(1, 'is missing, so that Codex sends no token'),
});
const apiKeySchema = z.looseObject({ OPENAI_API_KEY: z.string().min(1) });

export type CodexAuth =
  | { kind: 'chatgpt' }
  | { kind: 'api_key'; apiKey: string }
  | { kind: 'unusable'; reason: string };

/**
 * Judges the content of an `auth.json` before a run: Codex itself silently ignores a bad one and sends the
 * request without a credential. `now` in unix milliseconds.
 */
export function readCodexAuth(content: string, now: number): CodexAuth {
  const value = parseJson(content);
  if (value === undefined) return { kind: 'unusable', reason: 'it is not JSON' };
  const chatgpt = chatgptSchema.safeParse(value);
  if (chatgpt.success) return judgeTokens(chatgpt.data.tokens, now);
  const apiKey = apiKeySchema.safeParse(value);
  if (apiKey.success) return { kind: 'api_key', apiKey: apiKey.data.OPENAI_API_KEY };
  const problem = chatgpt.error.issues[0];
  return { kind: 'unusable', reason: `${problem?.path.join('.')}: ${problem?.message}` };
}

function judgeTokens(
  tokens: { access_token: string; refresh_token: string },
  now: number,
): CodexAuth {
  const expiresAt = readJwtExpiry(tokens.access_token);
  if (tokens.refresh_token === '' && expiresAt !== undefined && expiresAt <= now) {
    return {
      kind: 'unusable',
      reason: 'the access token has expired and there is no refresh token',
    };
  }
  return { kind: 'chatgpt' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
