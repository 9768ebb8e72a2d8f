import { expect, test } from 'vitest';
import { linkDevice } from '../../src/channels/whatsapp/link.ts';
import { makeLinkedWorld, makeWorld } from './world.fixture.ts';

test('links by QR and says who we are', async () => {
  await using world = await makeWorld();
  const { host, server } = world;
  expect(await host.link()).toEqual({
    status: 'linked',
    ownJids: [server.owner.jid, server.owner.lid],
  });
  expect(host.auth.isLinked()).toBe(true);
  await server.waitForDisconnection();
});

test('links by pairing code from a number as people write it', async () => {
  await using world = await makeWorld();
  const { host, server } = world;
  const onCode = (code: string) => {
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    void server.enterPairingCode(code.replace('-', ''));
  };
  const method = { kind: 'code', phoneNumber: '+1 (555) 000-0001', onCode } as const;
  const outcome = await linkDevice(method, host.linkDeps, new AbortController().signal);
  expect(outcome).toMatchObject({ status: 'linked' });
  await host.start();
});

test('a link that works is told, not made anew', async () => {
  await using world = await makeWorld();
  await world.host.link();
  expect(await world.host.link()).toMatchObject({ status: 'already-linked' });
});

test('a link that the phone has ended is made anew when a person asks for it', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  server.faults.logOut();
  await host.waitForState('stopped');
  await host.stop();
  const { noiseKey } = host.auth.creds;
  expect(await host.link()).toMatchObject({ status: 'linked' });
  expect(host.auth.creds.noiseKey).not.toEqual(noiseKey);
  host.renew();
  await host.start();
  await alice.sendText(group, 'welcome back');
  await host.waitForText('welcome back');
});

test('a link that is refused for another reason is kept', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await host.stop();
  server.faults.failLogins = '403';
  expect(await host.link()).toMatchObject({ status: 'refused' });
  expect(host.auth.isLinked()).toBe(true);
});

test('whether a link works cannot be told while WhatsApp cannot be reached', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await host.stop();
  await server.faults.refuseConnections(true);
  expect(await host.link()).toMatchObject({ status: 'unreachable' });
  expect(host.auth.isLinked()).toBe(true);
});

test('says so when nobody scans any of the codes', async () => {
  await using world = await makeWorld({ channel: { qrTimeoutMs: 5 } });
  const codes: string[] = [];
  const method = { kind: 'qr', onQr: (qr: string) => void codes.push(qr) } as const;
  const outcome = await linkDevice(method, world.host.linkDeps, new AbortController().signal);
  expect(outcome).toEqual({ status: 'expired' });
  expect(codes.length).toBeGreaterThan(1);
});

test('says so when WhatsApp cannot be reached', async () => {
  await using world = await makeWorld();
  await world.server.faults.refuseConnections(true);
  expect(await world.host.link()).toMatchObject({ status: 'unreachable' });
});

test('refuses a number that cannot be one', async () => {
  await using world = await makeWorld();
  const method = { kind: 'code', phoneNumber: '0151 1234', onCode: () => {} } as const;
  const outcome = await linkDevice(method, world.host.linkDeps, new AbortController().signal);
  expect(outcome).toMatchObject({ status: 'bad-number' });
  expect(world.server.counts.connections).toBe(0);
});

test('gives up when told to', async () => {
  await using world = await makeWorld();
  const stop = new AbortController();
  const method = { kind: 'qr', onQr: () => stop.abort() } as const;
  expect(await linkDevice(method, world.host.linkDeps, stop.signal)).toEqual({ status: 'aborted' });
});

test('a pairing code that nobody entered leaves no half-made link behind', async () => {
  await using world = await makeWorld();
  const stop = new AbortController();
  const method = { kind: 'code', phoneNumber: '15550000001', onCode: () => stop.abort() } as const;
  await linkDevice(method, world.host.linkDeps, stop.signal);
  expect(world.host.auth.isLinked()).toBe(false);
  expect(await world.host.link()).toMatchObject({ status: 'linked' });
});
