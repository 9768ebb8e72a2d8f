import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { Leftovers } from './leftovers.ts';

/** An engine that answers each request to remove a container with the next status, or never, and then with 204. */
async function startEngine(statuses: (number | 'never')[]) {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-leftovers-'));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    const status = statuses.shift() ?? 204;
    if (status !== 'never') response.writeHead(status).end();
  });
  const socketPath = join(folder, 'docker.sock');
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    docker: new Docker({ socketPath }),
    asked,
    waitForRequest: () => once(server, 'request'),
    closeConnections: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

test('a container is removed again until the engine has done it, and then no more', async () => {
  await using engine = await startEngine([500]);
  const leftovers = new Leftovers({ docker: engine.docker, logger: createLogger('silent') });
  leftovers.add('c1');
  for (let tries = 0; tries < 3; tries++) await leftovers.remove();
  expect(engine.asked).toEqual(['DELETE /containers/c1', 'DELETE /containers/c1']);
});

test('a container that somebody else has removed is forgotten', async () => {
  await using engine = await startEngine([404]);
  const leftovers = new Leftovers({ docker: engine.docker, logger: createLogger('silent') });
  leftovers.add('c1');
  await leftovers.remove();
  await leftovers.remove();
  expect(engine.asked).toEqual(['DELETE /containers/c1']);
});

test('a container that is added while another is being removed is not left out', async () => {
  await using engine = await startEngine(['never']);
  const leftovers = new Leftovers({ docker: engine.docker, logger: createLogger('silent') });
  leftovers.add('hanging');
  const hanging = leftovers.remove();
  await engine.waitForRequest();
  leftovers.add('c2');
  const both = leftovers.remove();
  await engine.waitForRequest();
  expect(engine.asked).toEqual(['DELETE /containers/hanging', 'DELETE /containers/c2']);
  engine.closeConnections();
  await Promise.all([hanging, both]);
});
