import { once } from 'node:events';
import { connect } from 'node:net';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Containers } from '../ports.ts';
import { WebWorld } from '../web-world.fixture.ts';

const logged: string[] = [];
let world: WebWorld;
beforeEach(async () => {
  logged.length = 0;
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  world = await WebWorld.open({ '1@g.us': { name: 'Family', folder: 'family' } }, logger);
});
afterEach(() => world[Symbol.asyncDispose]());

test('a page that is being made when the host goes says so, and touches nothing of it', async () => {
  const containers = Promise.withResolvers<Containers>();
  const asked = Promise.withResolvers<void>();
  world.showHost({
    readContainers() {
      asked.resolve();
      return containers.promise;
    },
  });
  const page = world.get('/');
  await asked.promise;
  world.console.setHost(undefined);
  world.db.close();
  containers.resolve({ status: 'none' });
  expect(await page).toMatchObject({
    status: 200,
    body: expect.stringContaining('The host is not serving yet.'),
  });
  expect(logged).toEqual([]);
});

test('who leaves before the page is there is no fault of the page', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const given = Promise.withResolvers<Containers>();
  world.showHost({
    readContainers(signal) {
      asked.resolve(signal);
      return given.promise;
    },
  });
  const { port } = world.console;
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${world.cookie}\r\n\r\n`);
  const signal = await asked.promise;
  const left = once(signal, 'abort');
  socket.destroy();
  await left;
  given.reject(new Error('given up'));
  expect((await world.get('/link')).status).toBe(200);
  expect(logged).toEqual([]);
});
