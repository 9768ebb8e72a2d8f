import type {
  PreKeyBundleInput,
  PreKeyPublicKey,
  SignedPreKeyPublicKey,
} from 'whatsapp-rust-bridge';
import { lidJid, phoneNumberJid, userOf } from './jids.ts';
import type { SignalAddress } from './signal-engine.ts';

/** Clients upload more keys when told that fewer than five are left. */
const LOW_KEY_COUNT = 4;

/** What a client proved about itself while linking. Keys are bare, 32 bytes. */
export interface DeviceKeys {
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  readonly registrationId: number;
  readonly signedPreKey: SignedPreKeyPublicKey;
}

export interface LinkedDevice {
  readonly number: number;
  /** Both with the device number. */
  readonly jid: string;
  readonly lid: string;
  readonly address: SignalAddress;
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  registrationId: number;
  signedPreKey: SignedPreKeyPublicKey;
  oneTimePreKeys: PreKeyPublicKey[];
  hasHistory: boolean;
}

/** The one device linked to the owner's account, as the server knows it. Linking anew replaces it. */
export class Companion {
  device: LinkedDevice | undefined;
  readonly #owner: { jid: string; lid: string };
  readonly #onKeysLow: (count: number) => void;
  #nextNumber = 1;

  /** @param onKeysLow called when few one-time keys are left, so that the client uploads more */
  constructor(owner: { jid: string; lid: string }, onKeysLow: (count: number) => void) {
    this.#owner = owner;
    this.#onKeysLow = onKeysLow;
  }

  /** The device as it will be once linked; `link` makes it so. */
  prepare(keys: DeviceKeys): LinkedDevice {
    const number = this.#nextNumber++;
    const lidUser = userOf(this.#owner.lid);
    return {
      ...keys,
      number,
      jid: phoneNumberJid(userOf(this.#owner.jid), number),
      lid: lidJid(lidUser, number),
      address: { name: lidUser, device: number },
      oneTimePreKeys: [],
      hasHistory: false,
    };
  }

  link(device: LinkedDevice): void {
    this.device = device;
  }

  unlink(): void {
    this.device = undefined;
  }

  /** Uses up one one-time key, if the client uploaded any. */
  takeBundle(device: LinkedDevice): PreKeyBundleInput {
    const preKey = device.oneTimePreKeys.shift();
    if (preKey && device.oneTimePreKeys.length === LOW_KEY_COUNT) this.#onKeysLow(LOW_KEY_COUNT);
    return {
      registrationId: device.registrationId,
      identityKey: Buffer.concat([Buffer.from([5]), device.identityKey]),
      preKey,
      signedPreKey: device.signedPreKey,
    };
  }
}
