import { expect, test } from 'vitest';
import { SignalEngine } from './signal-engine.ts';

const ALICE = { name: 'alice', device: 0 };
const BOB = { name: 'bob', device: 1 };
const GROUP = 'crew@g.us';
const bytes = (text: string) => new TextEncoder().encode(text);

async function startPair() {
  const alice = new SignalEngine();
  const bob = new SignalEngine();
  await alice.startSession(BOB, bob.takeBundle());
  return { alice, bob };
}

test('two engines talk both ways', async () => {
  const { alice, bob } = await startPair();
  const first = await alice.encrypt(BOB, bytes('hi'));
  expect(first.type).toBe('pkmsg');
  expect(await bob.decrypt(ALICE, 'pkmsg', first.ciphertext)).toEqual(bytes('hi'));
  const reply = await bob.encrypt(ALICE, bytes('yo'));
  expect(reply.type).toBe('msg');
  expect(await alice.decrypt(BOB, 'msg', reply.ciphertext)).toEqual(bytes('yo'));
});

test('a message of an archived session opens without harm to the current one', async () => {
  const { alice, bob } = await startPair();
  const opening = await alice.encrypt(BOB, bytes('1'));
  await bob.decrypt(ALICE, 'pkmsg', opening.ciphertext);
  const reply = await bob.encrypt(ALICE, bytes('2'));
  await alice.decrypt(BOB, 'msg', reply.ciphertext);
  const late = await alice.encrypt(BOB, bytes('late'));
  await alice.startSession(BOB, bob.takeBundle());
  const fresh = await alice.encrypt(BOB, bytes('fresh'));
  const next = await alice.encrypt(BOB, bytes('next'));
  expect(await bob.decrypt(ALICE, 'pkmsg', fresh.ciphertext)).toEqual(bytes('fresh'));
  expect(await bob.decrypt(ALICE, 'msg', late.ciphertext)).toEqual(bytes('late'));
  expect(await bob.decrypt(ALICE, 'pkmsg', next.ciphertext)).toEqual(bytes('next'));
});

test('a forged message leaves the session as it was', async () => {
  const { alice, bob } = await startPair();
  const opening = await alice.encrypt(BOB, bytes('1'));
  await bob.decrypt(ALICE, 'pkmsg', opening.ciphertext);
  const reply = await bob.encrypt(ALICE, bytes('2'));
  const forged = Buffer.from(reply.ciphertext);
  forged[forged.length - 1]! ^= 1;
  await expect(alice.decrypt(BOB, 'msg', forged)).rejects.toThrow('SessionCipher');
  expect(await alice.decrypt(BOB, 'msg', reply.ciphertext)).toEqual(bytes('2'));
});

test('group messages open out of order, and a duplicate is refused as such', async () => {
  const alice = new SignalEngine();
  const bob = new SignalEngine();
  const distribution = await alice.createSenderKey(GROUP, ALICE);
  await bob.processSenderKey(GROUP, ALICE, distribution);
  const one = await alice.encryptGroup(GROUP, ALICE, bytes('1'));
  const two = await alice.encryptGroup(GROUP, ALICE, bytes('2'));
  expect(await bob.decryptGroup(GROUP, ALICE, two)).toEqual(bytes('2'));
  expect(await bob.decryptGroup(GROUP, ALICE, one)).toEqual(bytes('1'));
  await expect(bob.decryptGroup(GROUP, ALICE, one)).rejects.toThrow('old counter');
});

test('a forgotten sender key starts a chain the others do not know yet', async () => {
  const alice = new SignalEngine();
  const bob = new SignalEngine();
  await bob.processSenderKey(GROUP, ALICE, await alice.createSenderKey(GROUP, ALICE));
  alice.forgetSenderKey(GROUP, ALICE);
  const renewed = await alice.createSenderKey(GROUP, ALICE);
  const sealed = await alice.encryptGroup(GROUP, ALICE, bytes('1'));
  await expect(bob.decryptGroup(GROUP, ALICE, sealed)).rejects.toThrow('sender key');
  await bob.processSenderKey(GROUP, ALICE, renewed);
  expect(await bob.decryptGroup(GROUP, ALICE, sealed)).toEqual(bytes('1'));
});
