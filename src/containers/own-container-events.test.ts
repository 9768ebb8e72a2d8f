import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followOwnContainers } from './own-container-events.ts';

let folder: string;
let socketPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-events-'));
  socketPath = join(folder, 'docker.sock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Docker's stream of events, each connection in the hands of the test. */
async function startEngine() {
  const asked: { url: string; response: ServerResponse }[] = [];
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    asked.push({ url: request.url ?? '', response });
    server.emit('asked');
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    async next() {
      while (asked.length === 0) await once(server, 'asked');
      return asked.shift() ?? expect.fail('nobody asked');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('it tells of each event of its own containers, of an engine that goes, and of one that comes back', async () => {
  await using engine = await startEngine();
  const stop = new AbortController();
  const told = new EventTarget();
  const change = () =>
    new Promise((resolve) => told.addEventListener('told', resolve, { once: true }));
  const first = change();
  const ended = followOwnContainers(
    {
      connect: () => Promise.resolve(new Docker({ socketPath })),
      installationId: 'abc',
      onChange: () => void told.dispatchEvent(new Event('told')),
      retryMs: 1,
    },
    stop.signal,
  );
  const { url, response } = await engine.next();
  await first;
  const { searchParams } = new URL(url, 'http://docker');
  expect(JSON.parse(searchParams.get('filters') ?? '')).toMatchObject({
    type: ['container'],
    label: ['deckhand.installation=abc'],
  });
  const died = change();
  response.write('{"Action":"die"}\n');
  await died;
  const gone = change();
  response.destroy();
  await gone;
  const back = change();
  await engine.next();
  await back;
  stop.abort();
  await ended;
});

test('without an engine it waits, tells of it once, and ends when asked', async () => {
  const stop = new AbortController();
  let told = 0;
  let tries = 0;
  const tried = Promise.withResolvers<void>();
  const ended = followOwnContainers(
    {
      connect() {
        tries += 1;
        if (tries === 5) tried.resolve();
        return Promise.resolve(new Docker({ socketPath }));
      },
      installationId: 'abc',
      onChange: () => void (told += 1),
      retryMs: 1,
    },
    stop.signal,
  );
  await tried.promise;
  stop.abort();
  await ended;
  expect(told).toBe(1);
});
