import { proto } from '@whiskeysockets/baileys';
import {
  calculateSignature,
  GroupCipher,
  GroupSessionBuilder,
  generateIdentityKeyPair,
  generatePreKey,
  generateRegistrationId,
  generateSignedPreKey,
  type KeyPair,
  type PreKeyBundleInput,
  ProtocolAddress,
  SenderKeyDistributionMessage,
  SenderKeyName,
  SessionBuilder,
  SessionCipher,
  type SignalStorage,
} from 'whatsapp-rust-bridge';

/** `name` is a user without server, so a person has one address whether met by number or by LID. */
export interface SignalAddress {
  readonly name: string;
  readonly device: number;
}

export type DirectCipherType = 'pkmsg' | 'msg';

interface Disposable {
  free(): void;
}

/** Signal's message type of a PreKeySignalMessage. */
const PREKEY_MESSAGE = 3;
const SIGNED_PREKEY_ID = 1;

const keyOf = (address: SignalAddress) => `${address.name}.${address.device}`;

/** Every handle is made for one call and freed after it: the bridge forbids a second call on a pending one. */
async function using<T>(handles: Disposable[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } finally {
    for (const handle of handles) handle.free();
  }
}

/**
 * Identity, sessions and sender keys of one phone, in memory. Not safe for concurrent calls: run
 * them one after the other. Failures of the bridge arrive as Errors with its text as message.
 */
export class SignalEngine {
  readonly identity: KeyPair = generateIdentityKeyPair();
  readonly registrationId = generateRegistrationId();
  readonly #signedPreKey = generateSignedPreKey(this.identity, SIGNED_PREKEY_ID);
  readonly #sessions = new Map<string, Uint8Array>();
  readonly #senderKeys = new Map<string, Uint8Array>();
  readonly #preKeys = new Map<number, KeyPair>();
  readonly #storage: SignalStorage = this.#createStorage();
  #nextPreKeyId = 1;

  sign(message: Uint8Array): Uint8Array {
    return calculateSignature(this.identity.privKey, message);
  }

  /** A bundle with a fresh one-time key. */
  takeBundle(): PreKeyBundleInput {
    const preKey = generatePreKey(this.#nextPreKeyId++);
    this.#preKeys.set(preKey.keyId, preKey.keyPair);
    return {
      registrationId: this.registrationId,
      identityKey: this.identity.pubKey,
      preKey: { keyId: preKey.keyId, publicKey: preKey.keyPair.pubKey },
      signedPreKey: {
        keyId: SIGNED_PREKEY_ID,
        publicKey: this.#signedPreKey.keyPair.pubKey,
        signature: this.#signedPreKey.signature,
      },
    };
  }

  hasSession(address: SignalAddress): boolean {
    return this.#sessions.has(keyOf(address));
  }

  async startSession(address: SignalAddress, bundle: PreKeyBundleInput): Promise<void> {
    const remote = new ProtocolAddress(address.name, address.device);
    const builder = new SessionBuilder(this.#storage, remote);
    await using([builder, remote], () => guard(builder.processPreKeyBundle(bundle)));
  }

  async encrypt(
    address: SignalAddress,
    plain: Uint8Array,
  ): Promise<{ type: DirectCipherType; ciphertext: Uint8Array }> {
    const remote = new ProtocolAddress(address.name, address.device);
    const cipher = new SessionCipher(this.#storage, remote);
    const { type, body } = await using([cipher, remote], () => guard(cipher.encrypt(plain)));
    return { type: type === PREKEY_MESSAGE ? 'pkmsg' : 'msg', ciphertext: body };
  }

  async decrypt(
    address: SignalAddress,
    type: DirectCipherType,
    ciphertext: Uint8Array,
  ): Promise<Uint8Array> {
    const before = this.#sessions.get(keyOf(address));
    try {
      return await this.#decryptOnce(address, type, ciphertext);
    } catch (error) {
      this.#restoreSession(address, before);
      if (type === 'msg' && before)
        return this.#decryptArchived(address, before, ciphertext, error);
      throw error;
    }
  }

  async createSenderKey(group: string, sender: SignalAddress): Promise<Uint8Array> {
    const remote = new ProtocolAddress(sender.name, sender.device);
    const name = new SenderKeyName(group, remote);
    const builder = new GroupSessionBuilder(this.#storage);
    return using([builder, name, remote], async () => {
      const message = await guard(builder.create(name));
      return using([message], async () => message.serialize());
    });
  }

  async processSenderKey(group: string, sender: SignalAddress, message: Uint8Array): Promise<void> {
    const remote = new ProtocolAddress(sender.name, sender.device);
    const name = new SenderKeyName(group, remote);
    const builder = new GroupSessionBuilder(this.#storage);
    const parsed = SenderKeyDistributionMessage.deserialize(message);
    await using([builder, name, remote, parsed], () => guard(builder.process(name, parsed)));
  }

  async encryptGroup(group: string, sender: SignalAddress, plain: Uint8Array): Promise<Uint8Array> {
    const remote = new ProtocolAddress(sender.name, sender.device);
    const cipher = new GroupCipher(this.#storage, group, remote);
    return using([cipher, remote], () => guard(cipher.encrypt(plain)));
  }

  async decryptGroup(
    group: string,
    sender: SignalAddress,
    sealed: Uint8Array,
  ): Promise<Uint8Array> {
    const remote = new ProtocolAddress(sender.name, sender.device);
    const cipher = new GroupCipher(this.#storage, group, remote);
    return using([cipher, remote], () => guard(cipher.decrypt(sealed)));
  }

  /** The next `createSenderKey` for this sender starts a new chain. */
  forgetSenderKey(group: string, sender: SignalAddress): void {
    this.#senderKeys.delete(`${group}::${sender.name}::${sender.device}`);
  }

  async #decryptOnce(
    address: SignalAddress,
    type: DirectCipherType,
    ciphertext: Uint8Array,
  ): Promise<Uint8Array> {
    const remote = new ProtocolAddress(address.name, address.device);
    const cipher = new SessionCipher(this.#storage, remote);
    return using([cipher, remote], () =>
      guard(
        type === 'pkmsg'
          ? cipher.decryptPreKeyWhisperMessage(ciphertext)
          : cipher.decryptWhisperMessage(ciphertext),
      ),
    );
  }

  /** The bridge spoils the current state when an archived one fits, so each archived one is tried alone. */
  async #decryptArchived(
    address: SignalAddress,
    before: Uint8Array,
    ciphertext: Uint8Array,
    failure: unknown,
  ): Promise<Uint8Array> {
    const record = proto.RecordStructure.decode(before);
    const archived = record.previousSessions ?? [];
    for (const [index, state] of archived.entries()) {
      this.#sessions.set(
        keyOf(address),
        proto.RecordStructure.encode({ currentSession: state }).finish(),
      );
      const plain = await this.#decryptOnce(address, 'msg', ciphertext).catch(() => undefined);
      if (!plain) continue;
      const used = proto.RecordStructure.decode(this.#sessions.get(keyOf(address)) ?? before);
      const others = archived.filter((_, other) => other !== index);
      const previous = record.currentSession ? [record.currentSession, ...others] : others;
      used.previousSessions = previous;
      this.#sessions.set(keyOf(address), proto.RecordStructure.encode(used).finish());
      return plain;
    }
    this.#restoreSession(address, before);
    throw failure;
  }

  #restoreSession(address: SignalAddress, record: Uint8Array | undefined): void {
    if (record) this.#sessions.set(keyOf(address), record);
    else this.#sessions.delete(keyOf(address));
  }

  #createStorage(): SignalStorage {
    return {
      loadSession: (address) => this.#sessions.get(address) ?? null,
      storeSession: (address, record) => {
        this.#sessions.set(address, record.serialize());
        record.free();
      },
      getOurIdentity: () => this.identity,
      getOurRegistrationId: () => this.registrationId,
      isTrustedIdentity: () => true,
      loadPreKey: (id) => this.#preKeys.get(id) ?? null,
      removePreKey: (id) => void this.#preKeys.delete(id),
      loadSignedPreKey: () => this.#signedPreKey,
      loadSenderKey: (name) => this.#senderKeys.get(name) ?? null,
      storeSenderKey: (name, record) => void this.#senderKeys.set(name, record),
    };
  }
}

/** The bridge rejects with strings. */
async function guard<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (cause) {
    throw cause instanceof Error ? cause : new Error(String(cause));
  }
}
