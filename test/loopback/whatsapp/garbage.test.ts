import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { BinaryNode } from '@whiskeysockets/baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWhatsAppServer } from './server.ts';
import { linkStockClient, muteLibsignal, reconnectStockClient } from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

const HEADER = Buffer.from([0x57, 0x41, 6, 3]);

const GARBAGE: [string, Buffer, string][] = [
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'not a WhatsApp connection header'],
  [
    'endless routing info',
    Buffer.concat([Buffer.from('ED\0\x01'), Buffer.from([0xff, 0xff, 0xff])]),
    'routing info is too long',
  ],
  ['an oversized frame', Buffer.concat([HEADER, Buffer.from([0xff, 0xff, 0xff])]), 'too long'],
  ['an empty hello', Buffer.concat([HEADER, Buffer.from([0, 0, 0])]), 'without an ephemeral key'],
  [
    'noise in place of a hello',
    Buffer.concat([HEADER, Buffer.from([0, 0, 200]), randomBytes(200).fill(7)]),
    '',
  ],
];

test.each(GARBAGE)('a socket that sends %s is closed with a reason', async (_, bytes, reason) => {
  await using server = await startWhatsAppServer();
  const socket = new WebSocket(server.url);
  await once(socket, 'open');
  socket.send(bytes);
  const [code, text] = (await once(socket, 'close')) as [number, Buffer];
  expect(code).toBe(1002);
  expect(text.toString()).toContain(reason);
  expect(server.counts.protocolErrors).toHaveLength(1);
});

test('a path the server does not know is hung up on', async () => {
  await using server = await startWhatsAppServer();
  const socket = new WebSocket(server.url.replace('/ws/chat', '/elsewhere'));
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('hang up');
});

const ODD_STANZAS: BinaryNode[] = [
  { tag: 'iq', attrs: {} },
  { tag: 'iq', attrs: { type: 'result', id: 'none' } },
  { tag: 'iq', attrs: { id: '1', xmlns: 'usync', type: 'get' } },
  { tag: 'iq', attrs: { id: '2', xmlns: 'w:g2', type: 'get', to: 'nobody@g.us' } },
  { tag: 'iq', attrs: { id: '3', xmlns: 'md', type: 'set' } },
  { tag: 'message', attrs: {} },
  { tag: 'message', attrs: { to: 'nobody@g.us', id: '4' } },
  { tag: 'receipt', attrs: {} },
  { tag: 'receipt', attrs: { type: 'retry', id: '5', to: '15550000001@s.whatsapp.net' } },
  { tag: 'receipt', attrs: { type: 'server-error', id: '6' } },
  { tag: 'ack', attrs: {} },
  { tag: 'chatstate', attrs: {} },
  { tag: 'presence', attrs: {} },
  { tag: 'surprise', attrs: {} },
];

test('odd stanzas do not end a connection', async () => {
  await using server = await startWhatsAppServer();
  const { client } = await linkStockClient(server);
  await using _ = client;
  for (const stanza of ODD_STANZAS) await client.socket.sendNode(stanza);
  await server.waitForCounts(({ unhandled }) => unhandled.includes('surprise'));
  await server.owner.sendText(server.owner, 'still there?');
  await client.waitForText('still there?');
  expect(server.counts.protocolErrors).toEqual([]);
  expect(server.counts.unhandled).toEqual(['iq ', 'surprise']);
});

test.each<[string, BinaryNode]>([
  [
    'a message without ciphertext',
    {
      tag: 'message',
      attrs: { to: '15550000001@s.whatsapp.net', id: '7' },
      content: [{ tag: 'enc', attrs: {} }],
    },
  ],
  ['a key upload without keys', { tag: 'iq', attrs: { id: '8', xmlns: 'encrypt', type: 'set' } }],
])('%s closes the connection, and the client may come back', async (_, stanza) => {
  await using server = await startWhatsAppServer();
  const { account, client } = await linkStockClient(server);
  await client.socket.sendNode(stanza);
  await client.waitForClose();
  await server.waitForDisconnection();
  expect(server.counts.protocolErrors).toHaveLength(1);
  await using back = await reconnectStockClient(server, account);
  expect(back.socket.user).toBeDefined();
});

test('a frame that does not decrypt closes the connection', async () => {
  await using server = await startWhatsAppServer();
  const { client } = await linkStockClient(server);
  client.socket.ws.send(Buffer.from([0, 0, 20, ...Array.from({ length: 20 }, () => 1)]));
  await client.waitForClose();
  await server.waitForCounts(({ protocolErrors }) => protocolErrors.length === 1);
});
