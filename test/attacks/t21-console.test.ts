import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { WebWorld } from '../../src/web/web-world.fixture.ts';
import { forgeRequests } from './console-requests.ts';
import { expectStopped } from './expect-stopped.ts';

/** Connections that the console has at most. */
const PLACES = 128;
const FAMILY = { '120363001@g.us': { name: 'Family', folder: 'family' } };

/** Begins a request and never ends it. */
async function hold(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  return socket;
}

test('T21: what other sites, names and users send is refused', async () => {
  await using world = await WebWorld.open(FAMILY);
  expectStopped(await forgeRequests(world, '/groups/family'));
});

test('T21: what the console itself sends is answered', async () => {
  await using world = await WebWorld.open(FAMILY);
  expect((await world.get('/groups/family')).status).toBe(200);
});

test('T21: whoever holds all places with requests that never end loses them', async () => {
  await using world = await WebWorld.open(FAMILY);
  const { port } = new URL(world.origin);
  const held = await Promise.all(Array.from({ length: PLACES }, () => hold(Number(port))));
  await Promise.all(held.map((socket) => once(socket, 'close')));
  expect((await world.get('/')).status).toBe(200);
});
