import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import {
  connectStockClient,
  linkStockClient,
  muteLibsignal,
  reconnectStockClient,
} from './stock-client.ts';
import type { Faults } from './types.ts';

const execFileAsync = promisify(execFile);
const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

const CLOSINGS: [string, number, (faults: Faults) => void][] = [
  ['a dropped connection', 428, (faults) => faults.dropConnections()],
  ['an unavailable service', 503, (faults) => faults.streamError(503)],
  ['a requested restart', 515, (faults) => faults.streamError(515)],
  ['a server error', 500, (faults) => faults.streamError(500)],
  ['another client taking over', 440, (faults) => faults.conflict()],
  ['the owner logging out', 401, (faults) => faults.logOut()],
];

test.each(CLOSINGS)('%s closes the client with %i', async (_, statusCode, strike) => {
  await using server = await startWhatsAppServer();
  const { client } = await linkStockClient(server);
  strike(server.faults);
  expect(await client.waitForClose()).toEqual({ statusCode });
  await server.waitForDisconnection();
  expect(server.connected()).toBe(false);
});

test('a client comes back after a drop and goes on', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const { account, client } = await linkStockClient(server);
  server.faults.dropConnections();
  await client.waitForClose();
  await using back = await reconnectStockClient(server, account);
  await alice.sendText(server.owner, 'still there?');
  await back.waitForText('still there?');
  expect(server.counts.logins).toBe(2);
});

test('a second connection of the same device replaces the first', async () => {
  await using server = await startWhatsAppServer();
  const { account, client } = await linkStockClient(server);
  await using second = connectStockClient(server.url, account);
  expect(await client.waitForClose()).toEqual({ statusCode: 440 });
  await second.waitForOpen();
});

test('after a logout every login fails with 401', async () => {
  await using server = await startWhatsAppServer();
  const { account, client } = await linkStockClient(server);
  server.faults.logOut();
  await client.waitForClose();
  await using again = connectStockClient(server.url, account);
  expect(await again.waitForClose()).toEqual({ statusCode: 401 });
});

test('a client that logs out itself is unlinked', async () => {
  await using server = await startWhatsAppServer();
  const { account, client } = await linkStockClient(server);
  await client.socket.logout();
  await server.waitForDisconnection();
  await using again = connectStockClient(server.url, account);
  expect(await again.waitForClose()).toEqual({ statusCode: 401 });
});

test.each(['403', '405', '463', '503'])('a login can fail with %s', async (reason) => {
  await using server = await startWhatsAppServer();
  const { account, client } = await linkStockClient(server);
  server.faults.failLogins = reason;
  server.faults.dropConnections();
  await client.waitForClose();
  await using again = connectStockClient(server.url, account);
  expect(await again.waitForClose()).toEqual({ statusCode: Number(reason) });
});

test('refused connections close a client with 408 until the port listens again', async () => {
  await using server = await startWhatsAppServer();
  const { account, client } = await linkStockClient(server);
  await server.faults.refuseConnections(true);
  expect(server.connected()).toBe(true);
  server.faults.dropConnections();
  await client.waitForClose();
  await using refused = connectStockClient(server.url, account);
  expect(await refused.waitForClose()).toEqual({ statusCode: 408 });
  await server.faults.refuseConnections(false);
  await using back = await reconnectStockClient(server, account);
  expect(back.socket.user).toBeDefined();
});

test('closing the server closes its clients and rejects whoever waits', async () => {
  const server = await startWhatsAppServer();
  const { client } = await linkStockClient(server);
  const [waiting] = await Promise.allSettled([
    server.owner.waitForMessage(() => true),
    server[Symbol.asyncDispose](),
  ]);
  expect(waiting).toMatchObject({ reason: new Error('the loopback server was closed') });
  expect(await client.waitForClose()).toEqual({ statusCode: 428 });
});

test('a wait ends with its signal', async () => {
  await using server = await startWhatsAppServer();
  const aborter = new AbortController();
  const waiting = server.waitForConnection(aborter.signal);
  aborter.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('a closed server lets its process end', async () => {
  const server = new URL('server.ts', import.meta.url).href;
  const script = `
    import { WebSocket } from 'ws';
    import { startWhatsAppServer } from ${JSON.stringify(server)};
    const server = await startWhatsAppServer();
    const socket = new WebSocket(server.url);
    await new Promise((resolve) => socket.once('open', resolve));
    await server[Symbol.asyncDispose]();
    console.log('closed');
  `;
  const { stdout } = await execFileAsync(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toBe('closed\n');
});
