import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import {
  connectStockClient,
  createAccount,
  muteLibsignal,
  reconnectStockClient,
} from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

test('a client links by QR, is told to restart and logs in as a device of the account', async () => {
  await using server = await startWhatsAppServer();
  const account = createAccount();
  await using linking = connectStockClient(server.url, account);
  await server.scanQr(await linking.waitForQr());
  expect(await linking.waitForClose()).toEqual({ statusCode: 515 });
  expect(server.connected()).toBe(false);
  await using client = await reconnectStockClient(server, account);
  expect(client.socket.user).toMatchObject({ id: '15550000001:1@s.whatsapp.net' });
  expect(server.connected()).toBe(true);
});

test('a client links by pairing code', async () => {
  await using server = await startWhatsAppServer();
  const account = createAccount();
  await using linking = connectStockClient(server.url, account);
  await linking.waitForQr();
  await server.enterPairingCode(await linking.socket.requestPairingCode('15550000001'));
  expect(await linking.waitForClose()).toEqual({ statusCode: 515 });
  await using client = await reconnectStockClient(server, account);
  const [alice] = [server.addPhone({ name: 'Alice', phoneNumber: '15550000002' })];
  await alice.sendText(server.owner, 'linked?');
  await client.waitForText('linked?');
});

test('a wrong pairing code is refused', async () => {
  await using server = await startWhatsAppServer();
  await using linking = connectStockClient(server.url, createAccount());
  await linking.waitForQr();
  await linking.socket.requestPairingCode('15550000001', 'AAAAAAAA');
  await expect(server.enterPairingCode('BBBBBBBB')).rejects.toThrow('pairing code is wrong');
});

test('a QR nobody shows is refused', async () => {
  await using server = await startWhatsAppServer();
  const qr = 'https://wa.me/settings/linked_devices#ref,noise,identity,adv,1';
  await expect(server.scanQr(qr)).rejects.toThrow('unknown or expired');
});

test('linking again gives a new device and logs the earlier one out', async () => {
  await using server = await startWhatsAppServer();
  const accounts = [createAccount(), createAccount()];
  for (const account of accounts) {
    await using linking = connectStockClient(server.url, account);
    await server.scanQr(await linking.waitForQr());
    await linking.waitForClose();
  }
  const [first, second] = accounts;
  await using earlier = connectStockClient(server.url, first!);
  expect(await earlier.waitForClose()).toEqual({ statusCode: 401 });
  await using client = await reconnectStockClient(server, second!);
  expect(client.socket.user?.id).toBe('15550000001:2@s.whatsapp.net');
});

test('a client that has linked gets its history and leaves the initial sync', async () => {
  await using server = await startWhatsAppServer();
  const account = createAccount();
  await using linking = connectStockClient(server.url, account);
  await server.scanQr(await linking.waitForQr());
  await linking.waitForClose();
  await using client = connectStockClient(server.url, account);
  const synced = new Promise<void>((resolve) => {
    client.socket.ev.on('creds.update', ({ accountSyncCounter }) => {
      if (accountSyncCounter === 1) resolve();
    });
  });
  await synced;
  await server.waitForQuiet();
  expect(server.counts.receipts).toMatchObject({ peer_msg: 4 });
  expect(account.creds.myAppStateKeyId).toBeDefined();
});
