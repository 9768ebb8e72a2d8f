import { z } from 'zod';
import { readJwtExpiry } from '../../core/jwt-claims.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Tokens } from '../auth-server.ts';

/** `auth.json` of Codex CLI 0.169. */
const chatgptSchema = z.looseObject({
  tokens: z.looseObject({
    id_token: z.string().min(1),
    access_token: z.string().min(1),
    refresh_token: z.string(),
  }),
});
const apiKeySchema = z.looseObject({ OPENAI_API_KEY: z.string().min(1) });

export type CodexTokens =
  | { status: 'ok'; tokens: Tokens }
  | { status: 'not_json' }
  | { status: 'api_key'; apiKey: string }
  /** An access token alone, as containers are given. */
  | { status: 'no_refresh_token' }
  /** `problem` names a field; it holds none of the values. */
  | { status: 'other_format'; problem: string };

/** Takes the tokens out of the content of an `auth.json`. */
export function readCodexTokens(content: string): CodexTokens {
  const value = parseJson(content);
  if (value === undefined) return { status: 'not_json' };
  const chatgpt = chatgptSchema.safeParse(value);
  if (!chatgpt.success) {
    const apiKey = apiKeySchema.safeParse(value);
    if (apiKey.success) return { status: 'api_key', apiKey: apiKey.data.OPENAI_API_KEY };
    const issue = chatgpt.error.issues[0];
    const problem = `${issue?.path.join('.') || 'it'}: ${issue?.message}`;
    return { status: 'other_format', problem };
  }
  const { id_token, access_token, refresh_token } = chatgpt.data.tokens;
  if (refresh_token === '') return { status: 'no_refresh_token' };
  const tokens = {
    idToken: id_token,
    accessToken: access_token,
    refreshToken: refresh_token,
    // A token that does not say it is taken as expired: it is refreshed before its first use.
    expiresAt: readJwtExpiry(access_token) ?? 0,
  };
  return { status: 'ok', tokens };
}
