import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { signInWithBrowser } from '../../src/credentials/sign-in/browser-sign-in.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { CODEX, type FlowWorld, never, startFlowWorld } from './flow-world.ts';

/** Signs in while `act` plays the browser; gives the end and the page that the browser has shown. */
async function signIn(world: FlowWorld, act: (url: string) => Promise<Response>) {
  const page = Promise.withResolvers<Response>();
  const onUrl = (url: string) => void act(url).then(page.resolve, page.reject);
  const outcome = await signInWithBrowser({ ...world.deps, onUrl }, never);
  return { outcome, page: await page.promise };
}

const comeBack = async (url: string) => fetch(await decideInBrowser(url));

test('signing in with a browser stores the sign-in before the page says so', async () => {
  await using world = await startFlowWorld();
  const { outcome, page } = await signIn(world, comeBack);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('You are signed in');
  expect(outcome).toMatchObject({
    status: 'ok',
    signedIn: { email: 'person@example.com', plan: 'plus', accountId: 'acct_loopback' },
  });
  const stored = await world.readStored();
  expect(stored).toMatchObject({
    kind: 'sign_in',
    source: 'browser',
    accountId: 'acct_loopback',
    expiresAt: world.clock.now + 864_000_000,
    signedInAt: world.clock.now,
  });
  if (stored?.kind !== 'sign_in') throw new Error('no sign-in');
  expect(world.server.isAccessTokenLive(stored.accessToken)).toBe(true);
  expect(JSON.stringify(outcome)).not.toContain(stored.refreshToken);
});

test('a sign-in lands in the openai-codex profile and leaves openai untouched', async () => {
  await using world = await startFlowWorld();
  const { store } = world.deps;
  await store.write({ name: 'openai' }, { v: 1, kind: 'api_key', key: 'sk-own', savedAt: 1 });
  const before = world.fingerprint('openai.json');
  await signIn(world, comeBack);
  expect(await store.list()).toEqual([CODEX, { name: 'openai' }]);
  expect(await world.readStored()).toMatchObject({ kind: 'sign_in' });
  expect(world.fingerprint('openai.json')).toEqual(before);
  expect(world.fingerprint('openai-codex.json').mode).toBe(0o600);
});

test.each([
  ['?code=made-up&state=wrong', 'its state is wrong'],
  ['?code=made-up', 'its state is wrong'],
  ['?error=server_error&error_description=Try+later.', 'server_error: Try later'],
  ['?error=access_denied', 'cancelled or not allowed'],
])('a browser that comes back with %j changes nothing and is told why', async (query, reason) => {
  await using world = await startFlowWorld();
  await signIn(world, comeBack);
  const before = world.fingerprint('openai-codex.json');
  const { outcome, page } = await signIn(world, () =>
    fetch(`http://127.0.0.1:${world.config.callbackPort}/auth/callback${query}`),
  );
  expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) });
  expect(page.status).toBe(400);
  expect(await page.text()).toContain('You are not signed in');
  expect(world.fingerprint('openai-codex.json')).toEqual(before);
});

test('a browser that comes back without a code is told why', async () => {
  await using world = await startFlowWorld();
  const { outcome, page } = await signIn(world, (url) => {
    const state = new URL(url).searchParams.get('state');
    return fetch(`http://127.0.0.1:${world.config.callbackPort}/auth/callback?state=${state}`);
  });
  expect(outcome).toMatchObject({ status: 'failed', reason: 'The answer holds no code.' });
  expect(await page.text()).toContain('The answer holds no code.');
  expect(await world.readStored()).toBeUndefined();
});

test('a person who says no is told so in browser and terminal', async () => {
  await using world = await startFlowWorld();
  const { outcome, page } = await signIn(world, async (url) =>
    fetch(await decideInBrowser(url, 'deny')),
  );
  expect(outcome).toMatchObject({ status: 'failed' });
  expect(await page.text()).toContain('The person said no');
});

test.each([
  [
    { status: 400, body: { error: 'invalid_grant', error_description: 'Old.' } },
    'invalid_grant: Old.',
  ],
  [{ status: 500 }, 'it answered 500'],
  ['html', 'without JSON'],
  ['empty', 'without JSON'],
  ['reset', 'could not be asked'],
] as const)(
  'a code that cannot be exchanged (%j) leaves what was stored',
  async (fault, reason) => {
    await using world = await startFlowWorld();
    await signIn(world, comeBack);
    const before = world.fingerprint('openai-codex.json');
    world.server.failNext('exchange', fault);
    const { outcome, page } = await signIn(world, comeBack);
    expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) });
    expect(page.status).toBe(400);
    expect(world.fingerprint('openai-codex.json')).toEqual(before);
  },
);

test('a token without the account claim is refused with what it lacks', async () => {
  const account = { email: 'person@example.com', plan: 'plus' };
  await using world = await startFlowWorld({ account });
  const { outcome } = await signIn(world, comeBack);
  expect(outcome).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('lacks the ChatGPT account'),
  });
  expect(await world.readStored()).toBeUndefined();
});

test('a broken sign-in is replaced by a new one', async () => {
  await using world = await startFlowWorld();
  await signIn(world, comeBack);
  const old = await world.readStored();
  if (old?.kind !== 'sign_in') throw new Error('no sign-in');
  const broken = { code: 'refresh_token_reused', at: 1 };
  await world.deps.store.write(CODEX, { ...old, broken });
  await signIn(world, comeBack);
  const stored = await world.readStored();
  expect(stored).not.toHaveProperty('broken');
  expect(stored).not.toMatchObject({ refreshToken: old.refreshToken });
});

test('a taken port is told with what to do instead', async () => {
  await using world = await startFlowWorld();
  const other = createServer().listen(world.config.callbackPort, '127.0.0.1');
  await once(other, 'listening');
  const onUrl = () => expect.unreachable('no address may be shown');
  expect(await signInWithBrowser({ ...world.deps, onUrl }, never)).toEqual({
    status: 'failed',
    reason: `Another program listens on port ${world.config.callbackPort} of this machine, to which the browser must come back.`,
    mend: expect.stringMatching(/--device.*--paste/),
  });
  other.close();
});

test('a disk that refuses the sign-in is an error, and the page does not say success', async () => {
  await using world = await startFlowWorld();
  const { store, ...deps } = world.deps;
  const full = new Error('ENOSPC');
  const page = Promise.withResolvers<Response>();
  const onUrl = (url: string) => void comeBack(url).then(page.resolve, page.reject);
  const broken = { ...store, write: () => Promise.reject(full) };
  await expect(signInWithBrowser({ ...deps, store: broken, onUrl }, never)).rejects.toBe(full);
  expect((await page.promise).status).toBe(400);
});

test('stopping while a browser is waited for frees the port and stores nothing', async () => {
  await using world = await startFlowWorld();
  const stop = new AbortController();
  const flow = { ...world.deps, onUrl: () => stop.abort() };
  expect(await signInWithBrowser(flow, stop.signal)).toEqual({ status: 'aborted' });
  const { outcome } = await signIn(world, comeBack);
  expect(outcome.status).toBe('ok');
});

test('stopping while the code is exchanged stores nothing', async () => {
  await using world = await startFlowWorld();
  world.server.failNext('exchange', 'hang');
  const stop = new AbortController();
  const page = Promise.withResolvers<Response>();
  const onUrl = (url: string) => void comeBack(url).then(page.resolve, page.reject);
  const flow = signInWithBrowser({ ...world.deps, onUrl }, stop.signal);
  await world.server.waitForRequest(({ path }) => path === '/oauth/token', never);
  stop.abort();
  expect(await flow).toEqual({ status: 'aborted' });
  expect(await (await page.promise).text()).toContain('The sign-in was stopped.');
  expect(await world.readStored()).toBeUndefined();
});
