import { expect, test } from 'vitest';
import { signInByPaste } from '../../src/credentials/sign-in/paste-sign-in.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { type FlowWorld, never, startFlowWorld } from './flow-world.ts';

/** Signs in; `lines` turns the address that the browser was sent to into what the person pastes. */
async function signIn(
  world: FlowWorld,
  lines: (callback: URL) => readonly string[],
  decision: 'allow' | 'deny' = 'allow',
) {
  let pasted: string[] | undefined;
  const shown = Promise.withResolvers<string>();
  const useless: string[] = [];
  const outcome = await signInByPaste(
    {
      ...world.deps,
      onUrl: shown.resolve,
      async readLine() {
        pasted ??= [...lines(await decideInBrowser(await shown.promise, decision))];
        return pasted.shift();
      },
      onUselessLine: ({ reason }) => void useless.push(reason),
    },
    never,
  );
  return { outcome, useless };
}

const parameter = (url: URL, name: string) => url.searchParams.get(name) ?? '';

test.each<[string, (url: URL) => string]>([
  ['the whole address', (url) => url.href],
  ['code#state', (url) => `${parameter(url, 'code')}#${parameter(url, 'state')}`],
  ['the query', (url) => url.search.slice(1)],
  ['the bare code', (url) => parameter(url, 'code')],
])('pasting %s signs in', async (_form, paste) => {
  await using world = await startFlowWorld();
  const { outcome } = await signIn(world, (url) => [paste(url)]);
  expect(outcome).toMatchObject({ status: 'ok', signedIn: { source: 'paste' } });
  expect(await world.readStored()).toMatchObject({ kind: 'sign_in', source: 'paste' });
});

test('a useless line is told and the next one counts', async () => {
  await using world = await startFlowWorld();
  const { outcome, useless } = await signIn(world, (url) => [
    'http://localhost:1455/auth/callback',
    '',
    'ac_1#wrong',
    url.href,
  ]);
  expect(useless).toEqual([
    'The answer holds no code.',
    'The answer belongs to another attempt to sign in (its state is wrong).',
  ]);
  expect(outcome.status).toBe('ok');
});

test('without a usable line the last reason is the end', async () => {
  await using world = await startFlowWorld();
  expect((await signIn(world, () => [])).outcome).toMatchObject({ reason: 'Nothing was pasted.' });
  expect((await signIn(world, () => ['ac_1#wrong'])).outcome).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('its state is wrong'),
  });
  expect(await world.readStored()).toBeUndefined();
});

test('a person who said no in the browser is not asked on', async () => {
  await using world = await startFlowWorld();
  const { outcome, useless } = await signIn(world, (url) => [url.href, 'more'], 'deny');
  expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining('said no') });
  expect(useless).toEqual([]);
});

test('a code that was used before is refused by the server', async () => {
  await using world = await startFlowWorld();
  let code = '';
  await signIn(world, (url) => [(code = parameter(url, 'code'))]);
  const before = world.fingerprint('openai-codex.json');
  const { outcome } = await signIn(world, () => [code]);
  expect(outcome).toMatchObject({ reason: expect.stringContaining('invalid_grant') });
  expect(world.fingerprint('openai-codex.json')).toEqual(before);
});
