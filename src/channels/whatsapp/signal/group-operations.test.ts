import type { proto } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OwnDevice, openOwnDevice } from './own-device.fixture.ts';
import { createStockPhone, type StockPhone } from './stock-phone.fixture.ts';

const ownJid = '7001@lid';
const phoneJid = '9001@lid';
const group = '120363000000000001@g.us';

let own: OwnDevice;
let phone: StockPhone;

beforeEach(() => {
  own = openOwnDevice();
  phone = createStockPhone();
});
afterEach(() => own[Symbol.dispose]());

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('a group with stock members', () => {
  const distribute = (bytes: Uint8Array): proto.Message.ISenderKeyDistributionMessage => ({
    groupId: group,
    axolotlSenderKeyDistributionMessage: bytes,
  });
  const sendToGroup = (body: string) =>
    phone.repository.encryptGroupMessage({ group, meId: phoneJid, data: Buffer.from(body) });
  const readInGroup = (msg: Uint8Array) =>
    own.repository.decryptGroupMessage({ group, authorJid: phoneJid, msg });
  const learn = (bytes: Uint8Array) =>
    own.repository.processSenderKeyDistributionMessage({
      item: distribute(bytes),
      authorJid: phoneJid,
    });

  it('reads what a stock member sends', async () => {
    const first = await sendToGroup('one');
    await learn(first.senderKeyDistributionMessage);
    expect(text(await readInGroup(first.ciphertext))).toBe('one');
    expect(text(await readInGroup((await sendToGroup('two')).ciphertext))).toBe('two');
  });

  it('writes what a stock member can read, from the message that brings the key on', async () => {
    expect(await own.repository.hasSenderKey({ group, meId: ownJid })).toBe(false);
    const sent = [];
    for (const body of ['one', 'two', 'three']) {
      sent.push(
        await own.repository.encryptGroupMessage({ group, meId: ownJid, data: Buffer.from(body) }),
      );
    }
    expect(await own.repository.hasSenderKey({ group, meId: ownJid })).toBe(true);
    await phone.repository.processSenderKeyDistributionMessage({
      item: distribute(sent[1]!.senderKeyDistributionMessage),
      authorJid: ownJid,
    });
    const read = [];
    for (const { ciphertext } of sent.slice(1)) {
      read.push(
        text(
          await phone.repository.decryptGroupMessage({ group, authorJid: ownJid, msg: ciphertext }),
        ),
      );
    }
    expect(read).toEqual(['two', 'three']);
  });

  it('reads messages out of order and refuses duplicates without a retry', async () => {
    const sent = [];
    for (const body of ['a', 'b', 'c']) sent.push(await sendToGroup(body));
    await learn(sent[0]!.senderKeyDistributionMessage);
    const read = [];
    for (const { ciphertext } of sent.toReversed()) read.push(text(await readInGroup(ciphertext)));
    expect(read).toEqual(['c', 'b', 'a']);
    for (const { ciphertext } of sent) {
      await expect(readInGroup(ciphertext)).rejects.toThrow('Key used already or never filled');
    }
  });

  it('does not go back when the same key is distributed again', async () => {
    const first = await sendToGroup('one');
    await learn(first.senderKeyDistributionMessage);
    await readInGroup(first.ciphertext);
    await learn(first.senderKeyDistributionMessage);
    await expect(readInGroup(first.ciphertext)).rejects.toThrow('Key used already');
  });

  it('says that it has no key, and that a signature is wrong', async () => {
    const first = await sendToGroup('one');
    await expect(readInGroup(first.ciphertext)).rejects.toThrow(
      'No session found to decrypt message',
    );
    await learn(first.senderKeyDistributionMessage);
    const forged = Buffer.from(first.ciphertext);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    await expect(readInGroup(forged)).rejects.toThrow('Invalid signature!');
    expect(text(await readInGroup(first.ciphertext))).toBe('one');
  });
});
