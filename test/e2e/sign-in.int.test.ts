import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { Gate } from '../loopback/models/gate.ts';
import { runCommand, say, wait } from '../loopback/models/model-script.ts';
import type { ChatWorld } from './chat-world.ts';
import { startSignInWorld, storeSignIn } from './sign-in-chat.ts';

const RESPONSES = '/backend-api/codex/responses';

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
  'a %s group with mounted credentials signs in with ChatGPT, and its container has neither a refresh token nor an API key',
  async (provider, context) => {
    const { chat, oauth } = await startSignInWorld(context, {
      env: { CREDENTIALS: 'mounted' },
      script: [{ steps: [runCommand('cat ~/.codex/auth.json; env'), say('signed in')] }],
      registration: { provider },
    });
    await using _chat = chat;
    const { refreshToken } = await storeSignIn(chat, oauth);
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

test.for([
  ['codex', 'auto'],
  ['responses', 'auto'],
  ['codex', 'mounted'],
  ['responses', 'mounted'],
] as const)(
  'a token that is refused in the middle of a turn of a %s group (%s) is renewed and the turn goes on',
  async ([provider, credentials], context) => {
    const gate = new Gate();
    const { chat, oauth } = await startSignInWorld(context, {
      env: { CREDENTIALS: credentials },
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

test('a sign-in that a person has left in the home of a group becomes its own and leaves the home', async (context) => {
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
  await expect(readAuth(chat)).rejects.toThrow('ENOENT');
  expect(bearers(chat)).toEqual([`Bearer ${issued.accessToken}`]);
});
