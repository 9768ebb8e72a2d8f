import { expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.fixture.ts';
import { makeWorld, type World } from './world.fixture.ts';

async function makeProxiedWorld(): Promise<{ world: World; proxy: TcpProxy }> {
  const endpoint = new URL('ws://127.0.0.1/ws/chat');
  const world = await makeWorld({ channel: { endpoint } });
  const proxy = await startTcpProxy(Number(new URL(world.server.url).port));
  endpoint.port = String(proxy.port);
  await world.host.link();
  await world.host.start();
  return { world, proxy };
}

/** A whole WebSocket frame with a whole Noise frame in it that no key opens. */
const CORRUPT_FRAME = Uint8Array.of(0x82, 3 + 32, 0, 0, 32, ...new Uint8Array(32));

test('a corrupt frame costs the connection, not the process', async () => {
  const { world, proxy } = await makeProxiedWorld();
  await using stack = new AsyncDisposableStack();
  stack.use(proxy);
  const { host, server, alice, group } = stack.use(world);
  host.states.items.length = 0;
  proxy.inject(CORRUPT_FRAME);
  await host.waitForState('open');
  await server.waitForConnection();
  await alice.sendText(group, 'still there?');
  await host.waitForText('still there?');
});

test('a stop does not wait for a server that has gone silent', async () => {
  const { world, proxy } = await makeProxiedWorld();
  await using stack = new AsyncDisposableStack();
  stack.use(proxy);
  const { host } = stack.use(world);
  proxy.freeze();
  await expect(host.stop()).resolves.toBeUndefined();
}, 10_000);
