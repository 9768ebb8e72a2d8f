import { z } from 'zod';
import { namesUser } from './jwt-claims.ts';
import { parseJson } from './parse-json.ts';

/** The tokens that a container is given; nothing in it can be refreshed. */
export interface AccessOnlyTokens {
  readonly accessToken: string;
  readonly accountId: string;
}

export interface IdentifiedTokens extends AccessOnlyTokens {
  readonly idToken: string;
}

const accessOnlySchema = z.looseObject({
  auth_mode: z.literal('chatgptAuthTokens'),
  tokens: z.looseObject({
    access_token: z.string(),
    refresh_token: z.literal(''),
    account_id: z.string(),
  }),
});

/**
 * An `auth.json` with which Codex CLI 0.169 never asks for a refresh and reads the file again after 401. The access
 * token stands in for the id token, as the CLI itself does it in this mode, so that the container is not told more of the
 * person than it needs; but one that names no user does not, because the CLI could not go on with a replaced one.
 * `now` in unix milliseconds.
 */
export function renderAccessOnlyAuth(tokens: IdentifiedTokens, now: number): string {
  const auth = {
    auth_mode: 'chatgptAuthTokens',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: namesUser(tokens.accessToken) ? tokens.accessToken : tokens.idToken,
      access_token: tokens.accessToken,
      refresh_token: '',
      account_id: tokens.accountId,
    },
    last_refresh: new Date(now).toISOString(),
  };
  return `${JSON.stringify(auth, null, 2)}\n`;
}

/** What such a file gives; undefined for every other content. */
export function readAccessOnlyAuth(content: string): AccessOnlyTokens | undefined {
  const parsed = accessOnlySchema.safeParse(parseJson(content));
  if (!parsed.success) return undefined;
  const { access_token: accessToken, account_id: accountId } = parsed.data.tokens;
  return { accessToken, accountId };
}
