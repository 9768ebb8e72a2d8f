import { describe, expect, test } from 'vitest';
import type { Faults } from '../loopback/whatsapp/server.ts';
import { makeLinkedWorld, makeWorld } from './world.fixture.ts';

test('an account that was never linked is told as such', async () => {
  await using world = await makeWorld();
  world.host.run();
  await world.host.waitForState('unlinked');
  expect(world.server.counts.connections).toBe(0);
});

test('the open state names both of our identities', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  expect(host.states.items).toEqual([
    { status: 'connecting' },
    { status: 'open', ownJids: [server.owner.jid, server.owner.lid] },
  ]);
});

test.each<[string, (faults: Faults) => void]>([
  ['the connection drops', (faults) => faults.dropConnections()],
  ['the server sends 503', (faults) => faults.streamError(503)],
  ['the server sends 500', (faults) => faults.streamError(500)],
  ['the server asks for a restart', (faults) => faults.streamError(515)],
])('when %s, it connects anew and goes on', async (_title, fault) => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  host.states.items.length = 0;
  fault(server.faults);
  await host.waitForState('open');
  expect(host.states.items.map(({ status }) => status)).toEqual(['connecting', 'open']);
  await server.waitForConnection();
  await alice.sendText(group, 'still there?');
  await host.waitForText('still there?');
});

test('while the server refuses connections it keeps trying, and comes back', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await server.faults.refuseConnections(true);
  server.faults.dropConnections();
  await host.states.waitFor(() => connecting(host.states.items) >= 4);
  host.states.items.length = 0;
  await server.faults.refuseConnections(false);
  await host.waitForState('open');
});

function connecting(states: readonly { status: string }[]): number {
  return states.filter(({ status }) => status === 'connecting').length;
}

describe('stops for good, keeps the link and says how to mend it', () => {
  test('when another client has taken over', async () => {
    await using world = await makeLinkedWorld();
    const { host, server } = world;
    server.faults.conflict();
    expect(await host.waitForState('stopped')).toMatchObject({
      reason: expect.stringContaining('another program'),
      mend: expect.stringContaining('only one'),
    });
    expect(host.auth.isLinked()).toBe(true);
    expect(server.counts.connections).toBe(3);
    server.faults.dropConnections();
    await host.restart();
  });

  test('when the phone has unlinked it', async () => {
    await using world = await makeLinkedWorld();
    const { host, server } = world;
    server.faults.logOut();
    expect(await host.waitForState('stopped')).toMatchObject({
      mend: expect.stringContaining('deckhand link'),
    });
    expect(host.auth.isLinked()).toBe(true);
  });

  test.each(['401', '403', '405', '463'])('when the login is answered with %s', async (reason) => {
    await using world = await makeLinkedWorld();
    const { host, server } = world;
    server.faults.failLogins = reason;
    server.faults.dropConnections();
    await host.waitForState('stopped');
    expect(host.states.items.at(-1)).toMatchObject({ status: 'stopped' });
    expect(host.auth.isLinked()).toBe(true);
    server.faults.failLogins = undefined;
    await host.restart();
  });
});

test('a login that fails with 503 is tried again', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  server.faults.failLogins = '503';
  server.faults.dropConnections();
  await host.states.waitFor(() => connecting(host.states.items) >= 3);
  server.faults.failLogins = undefined;
  host.states.items.length = 0;
  await host.waitForState('open');
});

test('a server that stops answering pings is left for a new connection', async () => {
  await using world = await makeLinkedWorld({ channel: { keepAliveIntervalMs: 1 } });
  const { host, server } = world;
  const before = server.counts.connections;
  server.faults.silentIqs.add('w:p');
  await host.states.waitFor(() => connecting(host.states.items) > 1);
  server.faults.silentIqs.clear();
  await server.waitForConnection();
  expect(server.counts.connections).toBeGreaterThan(before);
}, 20_000);

test('a stop while it waits to reconnect is followed at once', async () => {
  const backoff = { firstMs: 3_600_000, longestMs: 3_600_000 };
  await using world = await makeLinkedWorld({ channel: { backoff } });
  const { host, server } = world;
  host.states.items.length = 0;
  server.faults.dropConnections();
  await host.waitForState('connecting');
  await host.stop();
});

test('nothing is left open after a stop', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  await alice.sendText(group, 'hi');
  await host.waitForText('hi');
  await host.stop();
  await server.waitForDisconnection();
  expect(process.getActiveResourcesInfo()).not.toContain('TCPSocketWrap');
});
