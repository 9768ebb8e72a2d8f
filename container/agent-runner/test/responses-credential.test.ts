import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from '../../../test/loopback/models/gate.ts';
import { failWith, say, wait } from '../../../test/loopback/models/model-script.ts';
import { accessToken, writeSignIn } from './chatgpt-sign-in.ts';
import { ResponsesKit } from './responses-kit.ts';

let kit: ResponsesKit;
beforeEach(async () => {
  kit = await ResponsesKit.start();
});
afterEach(async () => await kit[Symbol.asyncDispose]());

const [first, second] = [accessToken('first'), accessToken('second')];
const isAsked = ({ path }: { path: string }) => path.endsWith('/responses');

test('a token that the host replaces after the 401 rescues the run', async () => {
  kit.server.isTokenLive = (token) => token === second;
  const ran = kit.run(await kit.chatgptRequest());
  await kit.server.waitForRequest(isAsked, AbortSignal.timeout(60_000));
  await writeFile(join(kit.paths.codexHome, 'auth.json'), '{"tokens":');
  await writeSignIn(kit.paths.codexHome, second);
  const { events, end } = await ran;
  expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
  expect(kit.asked.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${first}`,
    `Bearer ${second}`,
  ]);
  expect(JSON.stringify(events)).not.toMatch(/eyJ/);
});

test('a token that was replaced before the 401 came is taken at once', async () => {
  kit.limits = { ...kit.limits, credentialWaitMs: 0 };
  const gate = hold();
  kit.server.script = [{ times: 1, steps: [wait(gate), failWith(401)] }, { steps: [say('saved')] }];
  const ran = kit.run(await kit.chatgptRequest());
  await gate.reached;
  await writeSignIn(kit.paths.codexHome, second);
  gate.release();
  expect((await ran).end).toMatchObject({ type: 'result', text: 'saved' });
});

test('a token that nobody replaces fails as auth after a bounded wait, and one that is refused again too', async () => {
  kit.limits = { ...kit.limits, credentialWaitMs: 50 };
  kit.server.isTokenLive = () => false;
  const request = await kit.chatgptRequest();
  expect((await kit.run(request)).end).toMatchObject({
    type: 'failed',
    class: 'auth',
    detail: expect.stringContaining('token_expired'),
  });
  expect(kit.asked).toHaveLength(1);
  kit.limits = { ...kit.limits, credentialWaitMs: 60_000 };
  const ran = kit.run(await kit.chatgptRequest());
  await writeSignIn(kit.paths.codexHome, second);
  expect((await ran).end).toMatchObject({ type: 'failed', class: 'auth' });
});

test('an abort ends the wait for a newer token', async () => {
  kit.server.isTokenLive = () => false;
  const { end } = await kit.run(await kit.chatgptRequest({ timeoutMs: 300 }));
  expect(end).toMatchObject({ type: 'failed', class: 'timeout' });
});

test.each([
  ['nothing', undefined],
  ['half a file', '{"tokens":{"access_token":"x'],
  ['no account', JSON.stringify({ tokens: { access_token: 'x' } })],
  ['an API key', JSON.stringify({ OPENAI_API_KEY: 'sk-x' })],
])('a sign-in that is %s fails as auth before the model is asked', async (_title, text) => {
  const request = await kit.chatgptRequest();
  const path = join(kit.paths.codexHome, 'auth.json');
  await writeFile(path, text ?? '');
  expect((await kit.run(request)).end).toMatchObject({
    class: 'auth',
    detail: 'auth.json holds no usable ChatGPT sign-in',
  });
  expect(kit.asked).toEqual([]);
});

test('a run without an API key fails as auth before the model is asked', async () => {
  const { end } = await kit.run(kit.request({ secrets: {} }));
  expect(end).toMatchObject({ class: 'auth', detail: 'the request carries no OPENAI_API_KEY' });
  expect(kit.asked).toEqual([]);
});
