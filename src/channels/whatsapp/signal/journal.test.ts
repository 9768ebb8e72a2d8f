import { copyFileSync } from 'node:fs';
import {
  cleanMessage,
  decryptMessageNode,
  encodeWAMessage,
  proto,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWaKeyTable } from '../../../db/wa-keys.ts';
import { type OwnDevice, openOwnDevice, receiveStanza } from './own-device.fixture.ts';
import { toJournalKey } from './recorded-stanza.ts';
import {
  createMemoryKeyStore,
  createStockPhone,
  publishBundle,
  type StockPhone,
  silent,
} from './stock-phone.fixture.ts';

const ownJid = '7001@lid';
const phoneJid = '9001:2@lid';
const group = '120363000000000001@g.us';
const me = { id: '4917000000:5@s.whatsapp.net', lid: '7001:5@lid' };
const addressId = '9001_1.2';

/** On this text Baileys refuses a message for good, on any other it asks for it again. */
const REFUSED = 'Key used already or never filled';
const MISSED = 'the key of a message that never came in is spent';

let own: OwnDevice;
let phone: StockPhone;

beforeEach(async () => {
  own = openOwnDevice();
  phone = createStockPhone(createMemoryKeyStore());
  const session = await publishBundle(own.auth, own.auth.keys);
  await phone.repository.injectE2ESession({ jid: ownJid, session });
});
afterEach(() => own[Symbol.dispose]());

const attrsOf = (id: string) => ({
  from: group,
  participant: phoneJid,
  participant_pn: '4915112345@s.whatsapp.net',
  addressing_mode: 'lid',
  id,
  t: '1700000123',
  notify: 'Ada',
  type: 'text',
});

/** A group message as the first one of a sender arrives: its key for us, and the message for everybody. */
async function sendToGroup(body: string) {
  const skmsg = await phone.repository.encryptGroupMessage({
    group,
    meId: phoneJid,
    data: encodeWAMessage({ conversation: body }),
  });
  const item = {
    groupId: group,
    axolotlSenderKeyDistributionMessage: skmsg.senderKeyDistributionMessage,
  };
  const direct = await phone.repository.encryptMessage({
    jid: ownJid,
    data: encodeWAMessage({ senderKeyDistributionMessage: item }),
  });
  return [direct, { type: 'skmsg', ciphertext: skmsg.ciphertext }];
}

/** Decrypts as Baileys does, and gives the message as `messages.upsert` would. */
async function receive(
  device: OwnDevice,
  id: string,
  parts: readonly { type: string; ciphertext: Uint8Array }[],
) {
  const fresh = parts.map((part) => ({ ...part, ciphertext: Buffer.from(part.ciphertext) }));
  const node = receiveStanza(device.journal, attrsOf(id), fresh);
  const decoding = decryptMessageNode(node, me.id, me.lid, device.repository, silent);
  await decoding.decrypt();
  const { fullMessage } = decoding;
  cleanMessage(fullMessage, me.id, me.lid);
  return fullMessage;
}

const readSession = (device: OwnDevice) => createWaKeyTable(device.db).find('session', addressId);

/** The database as it is on disk right now, opened by another process after a kill. */
function crashAndReopen(device = own): OwnDevice {
  const copy = `${device.databasePath}.crashed`;
  copyFileSync(device.databasePath, copy);
  copyFileSync(`${device.databasePath}-wal`, `${copy}-wal`);
  return openOwnDevice(copy);
}

describe('a crash between decryption and inbox', () => {
  it('leaves the advanced ratchet and the plaintext', async () => {
    await receive(own, 'A1', await sendToGroup('keep me'));
    using after = crashAndReopen();
    expect(readSession(after)).toEqual(readSession(own));
    expect(after.journal.pending(me).map(({ message }) => message.message?.conversation)).toEqual([
      'keep me',
    ]);
  });

  it('replays the message in the very shape messages.upsert had', async () => {
    const live = await receive(own, 'A1', await sendToGroup('same'));
    using after = crashAndReopen();
    const [replayed] = after.journal.pending(me);
    expect(replayed?.message).toEqual(live);
    expect(replayed?.key).toEqual(toJournalKey(live.key));
    expect(replayed?.message.key).toMatchObject({
      remoteJid: group,
      participant: '9001@lid',
      participantAlt: '4915112345@s.whatsapp.net',
      id: 'A1',
      fromMe: false,
    });
    expect(replayed?.message).toMatchObject({ pushName: 'Ada', messageTimestamp: 1_700_000_123 });
    expect(replayed?.decryptedAt).toBe(1_700_000_000_000);
  });

  it('leaves neither when the transaction fails', async () => {
    const [first, second] = await sendToGroup('first');
    await receive(own, 'A1', [first!, second!]);
    const before = readSession(own);
    own.db.exec(`create trigger full before insert on wa_journal
      begin select raise(abort, 'disk full'); end`);
    const message = await sendToGroup('second');
    const failed = await receive(own, 'A2', message);
    expect(failed.messageStubType).toBe(proto.WebMessageInfo.StubType.CIPHERTEXT);
    expect(own.storageFailures).toHaveLength(2);
    expect(readSession(own)).toEqual(before);
    own.db.exec('drop trigger full');
    expect((await receive(own, 'A2', message)).message?.conversation).toBe('second');
  });

  it('keeps messages in the order they came', async () => {
    for (const body of ['a', 'b', 'c']) await receive(own, body, await sendToGroup(body));
    expect(own.journal.pending(me).map(({ key }) => key.id)).toEqual(['a', 'b', 'c']);
  });
});

describe('a stanza that comes again', () => {
  it('is delivered again while the inbox does not have it', async () => {
    const parts = await sendToGroup('again');
    await receive(own, 'A1', parts);
    using after = crashAndReopen();
    const again = await receive(after, 'A1', parts);
    expect(again.message?.conversation).toBe('again');
    expect(again.messageStubType).toBeUndefined();
    expect(after.journal.pending(me)).toHaveLength(1);
  });

  it('is delivered again after the replay at start put it into the inbox', async () => {
    const parts = await sendToGroup('again');
    await receive(own, 'A1', parts);
    using after = crashAndReopen();
    for (const { key } of after.journal.pending(me)) after.journal.remove(key);
    expect((await receive(after, 'A1', parts)).message?.conversation).toBe('again');
    expect(after.journal.pending(me)).toEqual([]);
  });

  it('is refused without a retry when the inbox has had it since an earlier process', async () => {
    const parts = await sendToGroup('long done');
    const { key } = await receive(own, 'A1', parts);
    own.journal.remove(toJournalKey(key));
    using after = crashAndReopen();
    after.inbox.add(`${group} 4915112345@s.whatsapp.net A1`);
    const refused = await receive(after, 'A1', parts);
    expect(refused.messageStubParameters).toEqual([REFUSED]);
  });

  it('is asked for again when hosts died behind its sender key, and the next one had forgotten that', async () => {
    const parts = await sendToGroup('missed');
    await receive(own, 'A1', parts.slice(0, 1));
    using second = crashAndReopen();
    expect(second.journal.pending(me)).toEqual([]);
    using third = crashAndReopen(second);
    const stub = await receive(third, 'A1', parts);
    expect(stub.messageStubType).toBe(proto.WebMessageInfo.StubType.CIPHERTEXT);
    expect(stub.messageStubParameters).not.toContain(REFUSED);
  });

  it('is asked for again when its sender key begins behind it', async () => {
    const [, early] = await sendToGroup('early');
    const late = await sendToGroup('late');
    expect((await receive(own, 'A2', late)).message?.conversation).toBe('late');
    const stub = await receive(own, 'A1', [early!]);
    expect(stub.messageStubParameters).toEqual([MISSED]);
  });

  it('is not opened again under another id, chat or sender', async () => {
    const parts = await sendToGroup('mine');
    await receive(own, 'A1', parts);
    const replay = await receive(own, 'A2', parts);
    expect(replay.message).toBeUndefined();
    expect(replay.messageStubParameters).toEqual([MISSED]);
  });
});

describe('the inbox', () => {
  it('takes the message and the journal forgets it in one transaction', async () => {
    const { key } = await receive(own, 'A1', await sendToGroup('settle'));
    own.db.exec('create table inbox (id text primary key)');
    const insert = own.db.prepare('insert into inbox (id) values (?)');
    const broken = () => {
      insert.run('A1');
      throw new Error('killed');
    };
    expect(() => own.journal.settle(toJournalKey(key), broken)).toThrow('killed');
    expect(own.journal.pending(me)).toHaveLength(1);
    expect(own.db.prepare('select id from inbox').all()).toEqual([]);
    expect(own.journal.settle(toJournalKey(key), () => insert.run('A1').changes)).toBe(1);
    expect(own.journal.pending(me)).toEqual([]);
  });

  it('is not offered a part that only brought a sender key, and gets the resend whole', async () => {
    const [direct] = await sendToGroup('unreadable');
    const stub = await receive(own, 'A1', [
      direct!,
      { type: 'skmsg', ciphertext: Buffer.from('broken') },
    ]);
    expect(stub.messageStubType).toBe(proto.WebMessageInfo.StubType.CIPHERTEXT);
    const resend = await phone.repository.encryptMessage({
      jid: ownJid,
      data: encodeWAMessage({ conversation: 'resent' }),
    });
    await receive(own, 'A1', [resend]);
    const bodies = own.journal.pending(me).map(({ message }) => message.message?.conversation);
    expect(bodies).toEqual(['resent']);
    expect(own.journal.pending(me)).toHaveLength(1);
  });

  it('is not stopped by a message whose sender padded it wrongly', async () => {
    const broken = await phone.repository.encryptMessage({ jid: ownJid, data: Buffer.of(9) });
    await receive(own, 'A1', [broken]);
    await receive(own, 'A2', await sendToGroup('fine'));
    expect(own.journal.pending(me).map(({ key }) => key.id)).toEqual(['A2']);
    expect(own.journal.pending(me)).toHaveLength(1);
  });
});

it('names a direct message and an own message from the phone as messages.upsert does', async () => {
  const data = encodeWAMessage({ conversation: 'direct' });
  const cases = [
    { from: phoneJid, sender_pn: '4915112345@s.whatsapp.net', id: 'D1', t: '1' },
    { from: '7001@lid', recipient: '9002@lid', id: 'D2', t: '1' },
  ];
  for (const attrs of cases) {
    const encrypted = await phone.repository.encryptMessage({ jid: ownJid, data });
    const node = receiveStanza(own.journal, attrs, [encrypted]);
    const direct: Pick<SignalRepositoryWithLIDStore, 'decryptMessage'> = {
      decryptMessage: (options) => own.repository.decryptMessage({ ...options, jid: phoneJid }),
    };
    const repository = { ...own.repository, ...direct };
    const decoding = decryptMessageNode(node, me.id, me.lid, repository, silent);
    await decoding.decrypt();
    const { fullMessage } = decoding;
    cleanMessage(fullMessage, me.id, me.lid);
    const replayed = own.journal.pending(me).at(-1);
    expect(replayed?.message).toEqual(fullMessage);
    expect(replayed?.key).toEqual(toJournalKey(fullMessage.key));
  }
});
