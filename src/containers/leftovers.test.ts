import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { Leftovers } from './leftovers.ts';

/** An engine that answers each request to remove a container with the next status, and then with 204. */
async function startEngine(statuses: number[]) {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-leftovers-'));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    response.writeHead(statuses.shift() ?? 204).end();
  });
  const socketPath = join(folder, 'docker.sock');
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    docker: new Docker({ socketPath }),
    asked,
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
