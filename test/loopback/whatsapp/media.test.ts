import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { downloadMediaMessage } from '@whiskeysockets/baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import { linkStockClient, muteLibsignal } from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

const PICTURE = Buffer.from('not really a picture, but bytes all the same');

async function startCrew() {
  const server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const agent = new Agent({ ca: server.media.certificate });
  const { client } = await linkStockClient(server, { fetchAgent: agent });
  const stop = async () => {
    agent.destroy();
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, alice, client, agent, [Symbol.asyncDispose]: stop };
}

test('a client downloads a picture a phone sent', async () => {
  await using crew = await startCrew();
  const { server, alice, client } = crew;
  const picture = {
    kind: 'image',
    bytes: PICTURE,
    mimetype: 'image/png',
    caption: 'look',
  } as const;
  const { id } = await alice.sendMedia(server.owner, picture);
  const { message } = await client.messages.waitFor((each) => each.message.key.id === id);
  expect(message.message?.imageMessage?.caption).toBe('look');
  expect(await downloadMediaMessage(message, 'buffer', {})).toEqual(PICTURE);
});

test('a phone opens the document a client uploaded', async () => {
  await using crew = await startCrew();
  const { alice, client } = crew;
  await client.socket.sendMessage(alice.lid, {
    document: PICTURE,
    mimetype: 'text/plain',
    fileName: 'notes.txt',
    caption: 'notes',
  });
  const seen = await alice.waitForMessage(({ text }) => text === 'notes');
  expect(await alice.download(seen)).toEqual(PICTURE);
});

test('an expired file is uploaded again when the client asks for it', async () => {
  await using crew = await startCrew();
  const { server, alice, client, agent } = crew;
  const picture = { kind: 'image', bytes: PICTURE, mimetype: 'image/png' } as const;
  const { id } = await alice.sendMedia(server.owner, picture);
  const { message } = await client.messages.waitFor((each) => each.message.key.id === id);
  server.faults.downloadStatus = 410;
  await expect(downloadMediaMessage(message, 'buffer', {})).rejects.toThrow('Failed to fetch');
  server.faults.downloadStatus = undefined;
  const renewed = await client.socket.updateMediaMessage(message);
  const path = renewed.message?.imageMessage?.directPath;
  const url = `https://${server.media.host}${path}`;
  const request = get(url, { agent });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const file = await buffer(response);
  expect(file.length).toBeGreaterThan(PICTURE.length);
});

test('a failing upload fails the send', async () => {
  await using crew = await startCrew();
  const { server, alice, client } = crew;
  server.faults.uploadStatus = 503;
  const document = { document: PICTURE, mimetype: 'text/plain', fileName: 'notes.txt' };
  await expect(client.socket.sendMessage(alice.lid, document)).rejects.toThrow('upload failed');
});
