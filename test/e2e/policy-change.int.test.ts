import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

/** A service of the owner that begins to answer and does not come to an end. */
async function startEndless() {
  const asked = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nit begins\n');
      asked.resolve(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    asked: asked.promise,
    [Symbol.dispose]: () => void server.close(),
  };
}

test("T12: when a person tightens a group's policy its agent's open connection outside is closed, and the run goes on", async (context) => {
  using service = await startEndless();
  const url = `http://127.0.0.1:${service.port}/`;
  const listen = `curl -sSN -p --noproxy '' -x "$HTTP_PROXY" ${url}; echo "curl: $?"`;
  await using chat = await ChatWorld.start(context, {
    script: [{ steps: [runCommand(listen), say('heard enough')] }],
    env: { EGRESS_PRIVATE_HOSTS: `127.0.0.1:${service.port}` },
    registration: { provider: 'responses', egress: { policy: 'open' } },
  });
  const answer = chat.ask('@Assistant listen to it');
  const connection = await Promise.race([service.asked, answer]);
  if (!('remotePort' in connection)) throw new Error(`not reached: ${connection.text}`);
  const closed = once(connection, 'close');
  const { registrations } = chat.world.app;
  // What else a person changes closes nothing.
  await registrations.set(chat.group.jid, { name: 'Kin' }, chat.signal);
  expect(connection.destroyed).toBe(false);
  await registrations.set(chat.group.jid, { egress: { policy: 'model-only' } }, chat.signal);
  await closed;
  expect((await answer).text).toBe('heard enough');
  const results = JSON.stringify(chat.world.models.requests.at(-1)?.model?.toolResults);
  expect(results).toMatch(/it begins.*curl: /);
});
