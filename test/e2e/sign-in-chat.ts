import { onTestFinished, type TestContext } from 'vitest';
import { readJwtClaims } from '../../src/core/jwt-claims.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { hostPaths } from '../../src/paths.ts';
import { type OAuthServer, startOAuthServer } from '../loopback/oauth/server.ts';
import { ChatWorld, type ChatWorldOptions } from './chat-world.ts';

/** A chat whose host knows an authorization server, and has no API key of OpenAI. */
export async function startSignInWorld(
  context: TestContext,
  { env, ...options }: ChatWorldOptions,
): Promise<{ oauth: OAuthServer; chat: ChatWorld }> {
  const oauth = await startOAuthServer();
  onTestFinished(() => oauth[Symbol.asyncDispose]());
  const signIn = { OPENAI_AUTH_URL: oauth.origin, OPENAI_API_KEY: '' };
  const chat = await ChatWorld.start(context, { env: { ...signIn, ...env }, ...options });
  chat.world.models.isTokenLive = (token) => oauth.isAccessTokenLive(token);
  return { oauth, chat };
}

type StoredTokens = ReturnType<OAuthServer['issueSignIn']>;

/** As after `deckhand login codex`. Returns what was stored. */
export async function storeSignIn(chat: ChatWorld, oauth: OAuthServer): Promise<StoredTokens> {
  const tokens = oauth.issueSignIn();
  const claims = readJwtClaims(tokens.accessToken);
  if (claims.status !== 'ok') throw new Error('no claims');
  const store = createCredentialStore({
    folder: hostPaths(chat.world.config.home).credentials,
  });
  await store.write(
    { name: 'openai-codex' },
    {
      v: 1,
      kind: 'sign_in',
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      idToken: tokens.idToken,
      accountId: claims.claims.accountId,
      expiresAt: Date.now() + 10 * 86_400_000,
      refreshedAt: Date.now(),
      signedInAt: Date.now(),
      source: 'browser',
    },
  );
  return tokens;
}
