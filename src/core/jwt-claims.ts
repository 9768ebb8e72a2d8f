import { z } from 'zod';
import { parseJson } from './parse-json.ts';

/** What Deckhand takes from a token of OpenAI. */
export interface JwtClaims {
  readonly accountId: string;
  readonly email?: string;
  /** Plan of the account, such as `plus`. */
  readonly plan?: string;
}

export type JwtOutcome =
  | { status: 'ok'; claims: JwtClaims }
  /** `reason` continues a sentence that begins with what the token is; it holds nothing of the token. */
  | { status: 'malformed'; reason: string };

/** Three base64url parts without padding; an unsigned token has an empty third one. */
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const ACCOUNT_CLAIM = 'https://api.openai.com/auth';

/** Of the year 9999: what comes later is no time that anybody meant. */
const LAST_SECOND = 253_402_300_799;

/** A number of seconds, perhaps with a fraction (RFC 7519, section 2), as whole milliseconds. */
export const secondsSchema = z
  .number()
  .positive()
  .max(LAST_SECOND)
  .transform((seconds) => Math.floor(seconds * 1000));
const expirySchema = z.looseObject({ exp: secondsSchema });
const userSchema = z.looseObject({
  [ACCOUNT_CLAIM]: z.union([
    z.looseObject({ chatgpt_user_id: z.string().min(1) }),
    z.looseObject({ user_id: z.string().min(1) }),
  ]),
});
const claimsSchema = z.looseObject({
  email: z.string().optional(),
  [ACCOUNT_CLAIM]: z.looseObject({
    chatgpt_account_id: z.string().min(1),
    chatgpt_plan_type: z.string().optional(),
  }),
});

function isJwtShaped(token: string): boolean {
  return SHAPE.test(token);
}

/** Reads the claims of an id or access token of OpenAI. The signature is the business of those who accept it. */
export function readJwtClaims(token: string): JwtOutcome {
  if (!isJwtShaped(token)) return malformed('is not a JWT (three base64url parts)');
  const payload = decodePayload(token);
  if (payload === undefined) return malformed('is a JWT whose claims are not JSON');
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) return malformed(describeIssue(parsed.error));
  const { email, [ACCOUNT_CLAIM]: account } = parsed.data;
  const plan = account.chatgpt_plan_type;
  return {
    status: 'ok',
    claims: {
      accountId: account.chatgpt_account_id,
      ...(email !== undefined && { email }),
      ...(plan !== undefined && { plan }),
    },
  };
}

/**
 * Whether the token names a user. Codex CLI 0.169 takes a replaced access token within a turn only when the id token
 * does.
 */
export function namesUser(token: string): boolean {
  return isJwtShaped(token) && userSchema.safeParse(decodePayload(token)).success;
}

/** When any JWT expires, unix milliseconds; undefined when it does not say. */
export function readJwtExpiry(token: string): number | undefined {
  if (!isJwtShaped(token)) return undefined;
  const parsed = expirySchema.safeParse(decodePayload(token));
  return parsed.success ? parsed.data.exp : undefined;
}

function decodePayload(token: string): unknown {
  return parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

function describeIssue(error: z.ZodError): string {
  const path = error.issues[0]?.path.join(' / ') ?? '';
  if (!path.startsWith(ACCOUNT_CLAIM)) return `has an unusable claim ${path}`.trimEnd();
  return `lacks the ChatGPT account (claim ${ACCOUNT_CLAIM} / chatgpt_account_id)`;
}

function malformed(reason: string): JwtOutcome {
  return { status: 'malformed', reason };
}
