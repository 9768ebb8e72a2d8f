import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWhatsAppServer } from './server.ts';

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
