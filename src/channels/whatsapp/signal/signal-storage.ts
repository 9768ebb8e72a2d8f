import { generateSignalPubKey, type SignalCreds } from '@whiskeysockets/baileys';
import type { KeyPair, SignalStorage } from 'whatsapp-rust-bridge';
import type { KeyUnit } from './key-unit.ts';

/** One operation's view of the keys, in the form the WASM engine calls. All callbacks are synchronous. */
export function createSignalStorage(unit: KeyUnit, creds: SignalCreds): SignalStorage {
  return {
    loadSession: (address) => unit.readBytes('session', address) ?? null,
    storeSession(address, record) {
      // The record is ours to free.
      unit.stage('session', address, record.serialize());
      record.free();
    },
    getOurIdentity: () => toSignalKeyPair(creds.signedIdentityKey),
    getOurRegistrationId: () => creds.registrationId,
    // Trust on first use and on every change, as WhatsApp Web does; the server vouches for the sender.
    isTrustedIdentity: () => true,
    loadPreKey(id) {
      const pair = unit.readPreKey(id);
      return pair ? toSignalKeyPair(pair) : null;
    },
    removePreKey: (id) => unit.stage('pre-key', String(id), null),
    loadSignedPreKey(id) {
      const { keyId, keyPair, signature } = creds.signedPreKey;
      return id === keyId ? { keyId, keyPair: toSignalKeyPair(keyPair), signature } : null;
    },
    loadSenderKey: (id) => unit.readBytes('sender-key', id) ?? null,
    storeSenderKey: (id, record) => unit.stage('sender-key', id, record),
  };
}

function toSignalKeyPair(pair: { public: Uint8Array; private: Uint8Array }): KeyPair {
  return { pubKey: generateSignalPubKey(pair.public), privKey: pair.private };
}
