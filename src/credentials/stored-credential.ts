import { z } from 'zod';
import type { ModelProvider } from '../core/models/model-ref.ts';

/** Whose credential: the installation's, or the one of a group that has its own. */
export interface ProfileId {
  readonly name: ModelProvider;
  /** Folder of the group. */
  readonly folder?: string;
}

/** Why a sign-in can never be refreshed again; `code` as the authorization server says it. */
const brokenSchema = z.strictObject({ code: z.string(), at: z.number().int() });

/** A ChatGPT sign-in. Times in unix milliseconds. */
export const signInSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('sign_in'),
  accessToken: z.string().min(1),
  /** Single use: each refresh brings the next one. Never leaves this file but for the authorization server. */
  refreshToken: z.string().min(1),
  idToken: z.string().min(1),
  accountId: z.string().min(1),
  email: z.string().optional(),
  plan: z.string().optional(),
  /** When the access token expires. */
  expiresAt: z.number().int(),
  refreshedAt: z.number().int(),
  signedInAt: z.number().int(),
  source: z.enum(['browser', 'device', 'paste', 'import']),
  broken: brokenSchema.optional(),
});
export type SignIn = z.infer<typeof signInSchema>;

const apiKeySchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('api_key'),
  key: z.string().min(1),
  savedAt: z.number().int(),
});

/** A long-lived token that `claude setup-token` prints. */
const claudeTokenSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('claude_token'),
  token: z.string().min(1),
  savedAt: z.number().int(),
});

/** Content of a profile's file. */
export const storedCredentialSchema = z.discriminatedUnion('kind', [
  signInSchema,
  apiKeySchema,
  claudeTokenSchema,
]);
export type StoredCredential = z.infer<typeof storedCredentialSchema>;
