import {
  type AuthenticationCreds,
  addTransactionCapability,
  BufferJSON,
  Curve,
  initAuthCreds,
  type SignalKeyStore,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { makeLibSignalRepository } from '@whiskeysockets/baileys/lib/Signal/libsignal.js';
import { pino } from 'pino';
import { quietLibsignal } from './quiet-libsignal.ts';

/** Everything an initiator needs to know of a device, as the server hands it out. */
export type PreKeyBundle = Parameters<
  SignalRepositoryWithLIDStore['injectE2ESession']
>[0]['session'];

/** A device on Baileys' own JavaScript repository: what an unmodified client on the other side does. */
export interface StockPhone {
  readonly creds: AuthenticationCreds;
  readonly repository: SignalRepositoryWithLIDStore;
}

export const silent = pino({ level: 'silent' });

/** Values go through JSON as in Baileys' multi-file store. */
export function createMemoryKeyStore(): SignalKeyStore {
  const values = new Map<string, string>();
  return {
    get(type, ids) {
      const found = ids.flatMap((id) => {
        const text = values.get(`${type}:${id}`);
        return text === undefined ? [] : [[id, JSON.parse(text, BufferJSON.reviver)]];
      });
      return Object.fromEntries(found);
    },
    set(data) {
      for (const [type, entries] of Object.entries(data)) {
        for (const [id, value] of Object.entries<unknown>(entries)) {
          if (value === null) values.delete(`${type}:${id}`);
          else values.set(`${type}:${id}`, JSON.stringify(value, BufferJSON.replacer));
        }
      }
    },
  };
}

export function createStockPhone(keys = createMemoryKeyStore()): StockPhone {
  quietLibsignal();
  const creds = initAuthCreds();
  const transactional = addTransactionCapability(keys, silent, {
    maxCommitRetries: 3,
    delayBetweenTriesMs: 10,
  });
  const repository = makeLibSignalRepository({ creds, keys: transactional }, silent);
  return { creds, repository };
}

/** Makes one pre-key, stores it with its owner and returns the public bundle. */
export async function publishBundle(
  { creds }: { creds: AuthenticationCreds },
  keys: SignalKeyStore,
  preKeyId = 1,
): Promise<PreKeyBundle> {
  const preKey = Curve.generateKeyPair();
  await keys.set({ 'pre-key': { [preKeyId]: preKey } });
  const { registrationId, signedIdentityKey, signedPreKey } = creds;
  return {
    registrationId,
    identityKey: prefix(signedIdentityKey.public),
    signedPreKey: {
      keyId: signedPreKey.keyId,
      publicKey: prefix(signedPreKey.keyPair.public),
      signature: signedPreKey.signature,
    },
    preKey: { keyId: preKeyId, publicKey: prefix(preKey.public) },
  };
}

function prefix(publicKey: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(5), publicKey]);
}
