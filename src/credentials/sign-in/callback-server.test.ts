import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type CallbackServer, listenForCallback } from './callback-server.ts';

const never = new AbortController().signal;
const page = { isSuccess: true, title: 'Done', text: 'All <well>' };

async function listen(): Promise<{ server: CallbackServer; origin: string }> {
  const listening = await listenForCallback(0, 'right');
  if (listening.status !== 'listening') throw new Error(listening.status);
  const { server } = listening;
  return { server, origin: `http://127.0.0.1:${server.port}` };
}

async function answerWith(query: string) {
  const { server, origin } = await listen();
  await using _server = server;
  const response = fetch(`${origin}/auth/callback${query}`);
  const { outcome, show } = await server.receive(never);
  await show(page);
  return { outcome, response: await response };
}

test('a code comes through, and the browser gets the page that was decided on', async () => {
  const { outcome, response } = await answerWith('?code=ac_1&state=right');
  expect(outcome).toEqual({ status: 'code', code: 'ac_1' });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('<p>All &#60;well&#62;</p>');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
});

test.each([
  ['?code=ac_1&state=wrong', { status: 'wrong_state' }],
  ['?code=ac_1', { status: 'wrong_state' }],
  ['?error=access_denied&state=wrong', { status: 'wrong_state' }],
  ['?state=right', { status: 'no_code' }],
  ['?code=&state=right', { status: 'no_code' }],
  ['', { status: 'wrong_state' }],
  ['?error=access_denied&state=right', { status: 'refused', error: 'access_denied' }],
  ['?error=server_error', { status: 'refused', error: 'server_error' }],
  [
    '?error=access_denied&error_description=The+person+said+no&state=right',
    { status: 'refused', error: 'access_denied', description: 'The person said no' },
  ],
])('a callback %j is told apart', async (query, outcome) => {
  expect((await answerWith(query)).outcome).toEqual(outcome);
});

test('only the one path is there, only for GET, and only once', async () => {
  const { server, origin } = await listen();
  await using _server = server;
  expect((await fetch(`${origin}/favicon.ico`)).status).toBe(404);
  expect((await fetch(`${origin}//`)).status).toBe(404);
  expect((await fetch(`${origin}/auth/callback?code=x`, { method: 'POST' })).status).toBe(405);
  const first = fetch(`${origin}/auth/callback?code=ac_1&state=right`);
  const { outcome, show } = await server.receive(never);
  expect(outcome).toEqual({ status: 'code', code: 'ac_1' });
  expect((await fetch(`${origin}/auth/callback?code=ac_2&state=right`)).status).toBe(410);
  await show(page);
  expect((await first).status).toBe(200);
});

test('a taken port is an outcome', async () => {
  const { server } = await listen();
  await using _server = server;
  expect(await listenForCallback(server.port, 'right')).toEqual({ status: 'port_taken' });
});

test('waiting ends with the signal', async () => {
  const { server } = await listen();
  await using _server = server;
  const stop = new AbortController();
  const waiting = server.receive(stop.signal);
  stop.abort();
  await expect(waiting).rejects.toBe(stop.signal.reason);
});

test('a browser that keeps a connection open does not hold the end up', async () => {
  const { server } = await listen();
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  await server[Symbol.asyncDispose]();
  await once(socket, 'close');
});

test('a browser that goes away before its page is no error', async () => {
  const { server, origin } = await listen();
  await using _server = server;
  const gone = new AbortController();
  const response = fetch(`${origin}/auth/callback?code=ac_1&state=right`, { signal: gone.signal });
  const { show } = await server.receive(never);
  gone.abort();
  await expect(response).rejects.toThrow('aborted');
  await show(page);
});
