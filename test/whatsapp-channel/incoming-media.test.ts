import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test } from 'vitest';
import type { InboundMediaKind } from '../../src/core/inbound-media.ts';
import type { MediaInput } from '../loopback/whatsapp/types.ts';
import { makeLinkedWorld, type World } from './world.fixture.ts';

const signal = new AbortController().signal;
const BYTES = Buffer.from('the very bytes of the file');
const MAX = 1_000;

async function receive(world: World, media: Partial<MediaInput> = {}) {
  const file: MediaInput = { kind: 'document', bytes: BYTES, mimetype: 'text/plain', ...media };
  const { id } = await world.alice.sendMedia(world.group, file);
  const message = await world.host.received.waitFor((one) => one.id === id);
  if (message.media === undefined) throw new Error('no file');
  return message.media;
}

test.each<[MediaInput['kind'], InboundMediaKind]>([
  ['image', 'image'],
  ['video', 'video'],
  ['audio', 'audio'],
  ['document', 'document'],
  ['sticker', 'sticker'],
])('the file of a message with a %s is fetched as it was sent', async (kind, expected) => {
  await using world = await makeLinkedWorld();
  const media = await receive(world, { kind, fileName: 'a/../b\u0000.txt' });
  expect(media).toMatchObject({ kind: expected, byteSize: BYTES.length });
  const outcome = await world.host.channel.download(media.source, MAX, signal);
  expect(outcome).toEqual({ status: 'downloaded', bytes: BYTES });
});

test('a file that has expired is uploaded again by the phone that sent it, and fetched', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  const media = await receive(world);
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, server.media.certificate]);
  const source = JSON.parse(media.source);
  const expired = JSON.stringify({ ...source, url: source.url.replace(/[^/]+$/, 'gone') });
  const outcome = await host.channel.download(expired, MAX, signal);
  expect(outcome).toEqual({ status: 'downloaded', bytes: BYTES });
  expect(source.key.participant).toBe(world.alice.lid);
  setDefaultCACertificates(trusted);
});

test('an expired file waits for the link when there is none', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  const media = await receive(world);
  server.faults.downloadStatus = 410;
  await host.stop();
  expect(await host.channel.download(media.source, MAX, signal)).toEqual({ status: 'offline' });
});

test('a server that fails is worth another try, a file larger than allowed is not', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  const media = await receive(world);
  const small = await host.channel.download(media.source, 5, signal);
  expect(small).toEqual({ status: 'too_large' });
  server.faults.downloadStatus = 503;
  const failed = await host.channel.download(media.source, MAX, signal);
  expect(failed).toEqual({ status: 'failed', reason: 'the server answered 503', isFinal: false });
});

test('a file that is not what its message said is damaged', async () => {
  await using world = await makeLinkedWorld();
  const media = await receive(world);
  const source = JSON.parse(media.source);
  const other = Buffer.alloc(32, 7).toString('base64');
  for (const wrong of [{ mediaKey: other }, { fileSha256: other }]) {
    const changed = JSON.stringify({ ...source, ...wrong });
    const outcome = await world.host.channel.download(changed, MAX, signal);
    expect(outcome).toEqual({ status: 'failed', reason: 'it is damaged', isFinal: true });
  }
});
