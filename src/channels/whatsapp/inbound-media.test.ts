import type { proto } from '@whiskeysockets/baileys';
import { expect, test } from 'vitest';
import { readInboundMedia } from './inbound-media.ts';

const key = { id: 'A1', remoteJid: '1@g.us', participant: '5@lid', fromMe: false };
const file = {
  mediaKey: Uint8Array.of(1),
  fileSha256: Uint8Array.of(2),
  directPath: '/v/x',
  url: 'https://mmg.whatsapp.net/x',
};

test.each<[string, proto.IMessage, string]>([
  ['a picture', { imageMessage: file }, 'image'],
  ['a video', { videoMessage: file }, 'video'],
  ['a round video', { ptvMessage: file }, 'video'],
  ['a voice message', { audioMessage: { ...file, ptt: true } }, 'voice'],
  ['music', { audioMessage: file }, 'audio'],
  ['a sticker', { stickerMessage: file }, 'sticker'],
  ['a document', { documentMessage: file }, 'document'],
])('%s is a file of its kind, with all that fetching it takes', (_what, message, kind) => {
  const media = readInboundMedia(message, key);
  expect(media).toEqual({ kind, source: expect.any(String) });
  expect(JSON.parse(media?.source ?? '')).toMatchObject({
    mediaKey: 'AQ==',
    fileSha256: 'Ag==',
    directPath: '/v/x',
    url: 'https://mmg.whatsapp.net/x',
    key,
  });
});

test.each<[string, proto.IMessage]>([
  ['text', { conversation: 'hi' }],
  ['a file without a key', { imageMessage: { ...file, mediaKey: null } }],
  ['a file with an empty key', { imageMessage: { ...file, mediaKey: new Uint8Array() } }],
  ['a file without a hash', { imageMessage: { ...file, fileSha256: null } }],
  ['a file without an address', { imageMessage: { ...file, directPath: '', url: null } }],
  ['a file of an endless address', { imageMessage: { ...file, directPath: 'x'.repeat(8_192) } }],
  ['a file of an endless key', { imageMessage: { ...file, mediaKey: new Uint8Array(8_192) } }],
])('%s is nothing to fetch', (_what, message) => {
  expect(readInboundMedia(message, key)).toBeUndefined();
});

test.each([
  [{ directPath: '/v/x', url: null }, { directPath: '/v/x' }],
  [{ directPath: null, url: 'https://x' }, { url: 'https://x' }],
])('one of the two addresses is enough: %j', (addresses, kept) => {
  const media = readInboundMedia({ imageMessage: { ...file, ...addresses } }, key);
  const { directPath, url } = JSON.parse(media?.source ?? '');
  expect({ directPath, url }).toEqual({ directPath: undefined, url: undefined, ...kept });
});

test('name and size are those the sender gives, the name cut and as UTF-8 can hold it', () => {
  const fileName = `a\ud83d${'x'.repeat(300)}`;
  const document = { ...file, fileName, fileLength: 12 };
  expect(readInboundMedia({ documentMessage: document }, key)).toMatchObject({
    fileName: `a\ufffd${'x'.repeat(198)}`,
    byteSize: 12,
  });
  const cutInHalf = { ...document, fileName: `${'x'.repeat(199)}😀` };
  expect(readInboundMedia({ documentMessage: cutInHalf }, key)).toMatchObject({
    fileName: `${'x'.repeat(199)}\ufffd`,
  });
});

test('of a message that we sent from the phone to one person, the key names neither id nor member when there is none', () => {
  const media = readInboundMedia({ imageMessage: file }, { fromMe: true });
  expect(JSON.parse(media?.source ?? '').key).toEqual({ id: '', remoteJid: '', fromMe: true });
});
