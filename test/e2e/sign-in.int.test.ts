import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { readJwtClaims } from '../../src/core/jwt-claims.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { hostPaths } from '../../src/paths.ts';
import { Gate } from '../loopback/models/gate.ts';
import { runCommand, say, wait } from '../loopback/models/model-script.ts';
import { type OAuthServer, startOAuthServer } from '../loopback/oauth/server.ts';
import { ChatWorld, type ChatWorldOptions } from './chat-world.ts';

const RESPONSES = '/backend-api/codex/responses';

async function startSignInWorld(context: TestContext, options: ChatWorldOptions) {
  const oauth = await startOAuthServer();
  onTestFinished(() => oauth[Symbol.asyncDispose]());
  const env = { OPENAI_AUTH_URL: oauth.origin, OPENAI_API_KEY: '' };
  const chat = await ChatWorld.start(context, { env, ...options });
  chat.world.models.isTokenLive = (token) => oauth.isAccessTokenLive(token);
  return { oauth, chat };
}

/** As after `deckhand login codex`. Returns the refresh token. */
async function storeSignIn(chat: ChatWorld, oauth: OAuthServer): Promise<string> {
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
  return tokens.refreshToken;
}

function bearers(chat: ChatWorld): (string | undefined)[] {
  return chat.world.models.requests
    .filter(({ path }) => path === RESPONSES)
    .map(({ headers }) => headers.authorization);
}

function readAuth(chat: ChatWorld): Promise<string> {
  const home = hostPaths(chat.world.config.home).codexHome('family');
  return readFile(join(home, 'auth.json'), 'utf8');
}

test.for(['codex', 'responses'] as const)(
  'a %s group signs in with ChatGPT and its container has neither a refresh token nor an API key',
  async (provider, context) => {
    const { chat, oauth } = await startSignInWorld(context, {
      script: [{ steps: [runCommand('cat ~/.codex/auth.json; env'), say('signed in')] }],
      registration: { provider },
    });
    await using _chat = chat;
    const refreshToken = await storeSignIn(chat, oauth);
    expect((await chat.ask('@Assistant hi')).text).toBe('signed in');
    const seen = JSON.stringify(chat.world.models.requests.at(-1)?.model?.toolResults);
    expect(seen).toContain('access_token');
    expect(seen).not.toContain(refreshToken);
    expect(seen).not.toMatch(/OPENAI_API_KEY=|loopback-openai-key/);
    const { tokens } = JSON.parse(await readAuth(chat));
    expect(tokens).toMatchObject({ refresh_token: '' });
    expect(oauth.counts).toMatchObject({ refreshes: 0, reuses: 0 });
  },
);

test.for(['codex', 'responses'] as const)(
  'a token that is refused in the middle of a turn of a %s group is renewed and the turn goes on',
  async (provider, context) => {
    const gate = new Gate();
    const { chat, oauth } = await startSignInWorld(context, {
      script: [{ steps: [runCommand('echo done'), wait(gate), say('went on')] }],
      registration: { provider },
    });
    await using _chat = chat;
    await storeSignIn(chat, oauth);
    const answer = chat.ask('@Assistant hi');
    await chat.world.log.waitFor('progress', ({ kind }) => kind === 'tool', context.signal);
    oauth.expireAccessTokens();
    gate.release();
    expect((await answer).text).toBe('went on');
    expect(new Set(bearers(chat)).size).toBe(2);
    expect(oauth.counts).toMatchObject({ refreshes: 1, reuses: 0 });
    expect(chat.member.seen).toHaveLength(1);
  },
);

test('a sign-in that is over is told to the chat and once to the main chat, and its tokens are kept', async (context) => {
  const { chat, oauth } = await startSignInWorld(context, {
    registration: { provider: 'codex', isMain: true },
  });
  await using _chat = chat;
  await storeSignIn(chat, oauth);
  oauth.expireAccessTokens();
  oauth.failNext('refresh', { code: 'refresh_token_reused' });
  const first = await chat.ask('@Assistant hi');
  await chat.world.app.engine.idle();
  await chat.ask('@Assistant again');
  await chat.world.app.engine.idle();
  const texts = [first, ...chat.member.seen].map(({ text }) => text);
  expect(
    new Set(texts.filter((text) => text.includes('is over (refresh_token_reused)'))).size,
  ).toBe(1);
  const path = join(hostPaths(chat.world.config.home).credentials, 'openai-codex.json');
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    refreshToken: expect.stringMatching(/.+/),
    broken: { code: 'refresh_token_reused' },
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a sign-in that a person has left in the home of a group becomes its own, without a refresh token', async (context) => {
  const { chat, oauth } = await startSignInWorld(context, { registration: { provider: 'codex' } });
  await using _chat = chat;
  const issued = oauth.issueSignIn();
  const home = hostPaths(chat.world.config.home).codexHome('family');
  await mkdir(home, { recursive: true });
  const tokens = {
    id_token: issued.idToken,
    access_token: issued.accessToken,
    refresh_token: issued.refreshToken,
    account_id: 'acct',
  };
  const auth = { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens };
  const file = JSON.stringify({ ...auth, last_refresh: new Date().toISOString() });
  await writeFile(join(home, 'auth.json'), file, { mode: 0o600 });
  expect((await chat.ask('@Assistant hi')).text).toContain('hi');
  expect(await readAuth(chat)).not.toContain(issued.refreshToken);
  expect(bearers(chat)).toEqual([`Bearer ${issued.accessToken}`]);
});
