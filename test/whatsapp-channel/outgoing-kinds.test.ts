import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test } from 'vitest';
import type { OutboundMedia } from '../../src/core/message.ts';
import { outbound, outboundId } from './channel-host.fixture.ts';
import { makeLinkedWorld, type World } from './world.fixture.ts';

const signal = new AbortController().signal;
const BYTES = Buffer.from('the very bytes of the file');

/** A file on disk, and the uploads of this process trusting the loopback server's certificate. */
function prepareUpload(world: World) {
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-upload-'));
  const path = join(folder, 'file');
  writeFileSync(path, BYTES);
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, world.server.media.certificate]);
  return {
    path,
    [Symbol.dispose]() {
      setDefaultCACertificates(trusted);
      rmSync(folder, { recursive: true });
    },
  };
}

test.each(['lid', 'pn'] as const)(
  'reactions to others and to ourselves, and an edit, show on the phones of a group addressed by %s',
  async (addressingMode) => {
    await using world = await makeLinkedWorld({ addressingMode });
    const { host, alice, bob, group } = world;
    const { id: asked } = await bob.sendText(group, 'tea?');
    const ours = outbound(group, 'firts');
    await host.waitForText('tea?');
    await host.send(ours);
    const base = { id: outboundId(), chatJid: group.jid, at: Date.now() };
    const react = {
      ...base,
      kind: 'reaction',
      target: { id: asked, senderJid: bob.jid },
      emoji: '👍',
    } as const;
    expect(await host.send(react)).toEqual({ status: 'acked' });
    await host.send({ ...react, id: outboundId(), target: { id: ours.id }, emoji: '🎉' });
    const edit = { ...base, kind: 'edit', id: outboundId(), targetId: ours.id } as const;
    expect(await host.send({ ...edit, text: 'first', mentions: [] })).toEqual({ status: 'acked' });
    const changed = await alice.waitForMessage(({ id, edits }) => id === ours.id && edits === 1);
    expect(changed.text).toBe('first');
    expect([...changed.reactions.values()]).toEqual(['🎉']);
    const liked = await alice.waitForMessage(
      ({ id, reactions }) => id === asked && reactions.size === 1,
    );
    expect([...liked.reactions.values()]).toEqual(['👍']);
  },
);

test.each(['document', 'image', 'video', 'voice'] as const)(
  'a %s is opened by a phone, and sent again after a lost ack it is shown once',
  async (media) => {
    await using world = await makeLinkedWorld({ channel: { ackTimeoutMs: 100 } });
    using file = prepareUpload(world);
    const { host, server, alice, group } = world;
    const message: OutboundMedia = {
      kind: 'media',
      id: outboundId(),
      chatJid: group.jid,
      media,
      spoolName: 'file',
      mimetype: 'application/octet-stream',
      fileName: 'r\u202Eport.txt',
      ...(media === 'voice' ? { seconds: 3 } : { caption: 'look' }),
    };
    const uploaded = await host.channel.upload(message, file.path, signal);
    if (uploaded.status !== 'uploaded') throw new Error(uploaded.reason);
    const ready = { ...message, upload: uploaded.upload };
    server.faults.dropAcks = 1;
    expect(await host.send(ready)).toMatchObject({ status: 'unconfirmed' });
    expect(await host.send(ready)).toEqual({ status: 'acked' });
    const seen = await alice.waitForMessage(
      ({ id, deliveries }) => id === message.id && deliveries === 2,
    );
    expect(seen.text).toBe(media === 'voice' ? '' : 'look');
    expect(await alice.download(seen)).toEqual(BYTES);
    expect(seen.content.audioMessage?.ptt).toBe(media === 'voice' ? true : undefined);
    await host.restart();
    alice.requestRetry(message.id);
    await alice.waitForMessage(({ id, deliveries }) => id === message.id && deliveries === 3);
    expect(alice.seen.filter(({ id }) => id === message.id)).toHaveLength(1);
  },
);

test('an upload that fails leaves the message for later, a file that is gone gives it up', async () => {
  await using world = await makeLinkedWorld();
  using file = prepareUpload(world);
  const media = {
    kind: 'media',
    media: 'document',
    spoolName: 'x',
    mimetype: 'text/plain',
  } as const;
  const message = { ...media, id: outboundId(), chatJid: world.group.jid };
  world.server.faults.uploadStatus = 503;
  const failed = await world.host.channel.upload(message, file.path, signal);
  expect(failed).toMatchObject({ status: 'unconfirmed' });
  const gone = await world.host.channel.upload(message, `${file.path}.none`, signal);
  expect(gone).toMatchObject({ status: 'rejected' });
});
