import type { SignalCreds } from '@whiskeysockets/baileys';
import {
  GroupCipher,
  GroupSessionBuilder,
  ProtocolAddress,
  SenderKeyDistributionMessage,
  SenderKeyName,
} from 'whatsapp-rust-bridge';
import type { KeyUnit } from './key-unit.ts';
import type { SignalAddress } from './signal-address.ts';
import { toSignalError } from './signal-error.ts';
import { createSignalStorage } from './signal-storage.ts';

/** What one operation on a sender key works with: one author's chain in one group. */
export interface GroupScope {
  readonly unit: KeyUnit;
  readonly creds: SignalCreds;
  readonly group: string;
  readonly author: SignalAddress;
}

export function encryptWithSenderKey(
  scope: GroupScope,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  return withCipher(scope, (cipher) => cipher.encrypt(plaintext));
}

export function decryptWithSenderKey(
  scope: GroupScope,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  return withCipher(scope, (cipher) => cipher.decrypt(ciphertext));
}

/** What other members need to read us: our chain as it stands, begun now if there is none. */
export function createDistributionMessage(scope: GroupScope): Promise<Uint8Array> {
  return withBuilder(scope, async (builder, name) => {
    using message = await builder.create(name);
    return Buffer.from(message.serialize());
  });
}

/** Takes in another member's chain. A chain that is known already keeps its position. */
export function acceptDistributionMessage(scope: GroupScope, serialized: Uint8Array) {
  return withBuilder(scope, async (builder, name) => {
    using message = SenderKeyDistributionMessage.deserialize(serialized);
    await builder.process(name, message);
  });
}

async function withCipher(
  { unit, creds, group, author }: GroupScope,
  work: (cipher: GroupCipher) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  using address = new ProtocolAddress(author.name, author.deviceId);
  using cipher = new GroupCipher(createSignalStorage(unit, creds), group, address);
  try {
    return Buffer.from(await work(cipher));
  } catch (error) {
    throw toSignalError(error);
  }
}

async function withBuilder<T>(
  { unit, creds, group, author }: GroupScope,
  work: (builder: GroupSessionBuilder, name: SenderKeyName) => Promise<T>,
): Promise<T> {
  using address = new ProtocolAddress(author.name, author.deviceId);
  using name = new SenderKeyName(group, address);
  using builder = new GroupSessionBuilder(createSignalStorage(unit, creds));
  try {
    return await work(builder, name);
  } catch (error) {
    throw toSignalError(error);
  }
}
