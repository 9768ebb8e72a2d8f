import { randomBytes } from 'node:crypto';
import type { BinaryNode, proto } from '@whiskeysockets/baileys';
import type { ClientConnection } from './client-connection.ts';
import type { Companion, DeviceKeys, LinkedDevice } from './companion.ts';
import { signDeviceIdentity, verifyDeviceIdentity } from './device-identity.ts';
import { childElement, element, readBigEndian, requireBytes } from './nodes.ts';
import { prefixedKey } from './noise.ts';
import type { SimulatedPhone } from './phone.ts';

/** WhatsApp hands out six refs; the client shows one after the other. */
const REF_COUNT = 6;
const SERVER = 's.whatsapp.net';

interface Candidate {
  readonly connection: ClientConnection;
  readonly keys: DeviceKeys;
  readonly refs: string[];
  offer: Offer | undefined;
}

interface Offer {
  readonly iqId: string;
  readonly device: LinkedDevice;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Links a client: it registers → gets refs → the owner's phone vouches for it (pair-success) → it
 * signs in return (pair-device-sign) → 515, after which it logs in as a device of the account.
 */
export class Pairing {
  readonly #owner: () => SimulatedPhone;
  readonly #companion: Companion;
  readonly #now: () => number;
  readonly #candidates = new Map<ClientConnection, Candidate>();
  readonly #onLinked: () => void;

  constructor(dependencies: {
    owner: () => SimulatedPhone;
    companion: Companion;
    now: () => number;
    /** A device was linked; what waited for an earlier one is void. */
    onLinked: () => void;
  }) {
    this.#owner = dependencies.owner;
    this.#companion = dependencies.companion;
    this.#now = dependencies.now;
    this.#onLinked = dependencies.onLinked;
  }

  register(connection: ClientConnection, payload: proto.ClientPayload): void {
    const refs = Array.from({ length: REF_COUNT }, () => randomBytes(24).toString('base64'));
    const keys = readDeviceKeys(payload, connection.noiseKey);
    this.#candidates.set(connection, { connection, keys, refs, offer: undefined });
    connection.send(
      element(
        'iq',
        { from: SERVER, type: 'set', id: randomBytes(4).toString('hex'), xmlns: 'md' },
        [
          element(
            'pair-device',
            {},
            refs.map((ref) => element('ref', {}, Buffer.from(ref))),
          ),
        ],
      ),
    );
  }

  /** Keys a registering client gave, for the pairing code. */
  keysOf(connection: ClientConnection): DeviceKeys | undefined {
    return this.#candidates.get(connection)?.keys;
  }

  /** `https://wa.me/settings/linked_devices#ref,noise,identity,adv,platform` */
  async scanQr(qr: string): Promise<void> {
    const [ref, noiseKey, identityKey, advSecret] = qr.slice(qr.indexOf('#') + 1).split(',');
    const candidate = [...this.#candidates.values()].find(({ refs }) => refs.includes(ref ?? ''));
    if (!candidate) throw new Error('the QR code is unknown or expired');
    const { keys, connection } = candidate;
    if (keys.noiseKey.toString('base64') !== noiseKey) throw new Error('QR: wrong noise key');
    if (keys.identityKey.toString('base64') !== identityKey) throw new Error('QR: wrong identity');
    await this.vouch(connection, Buffer.from(advSecret ?? '', 'base64'));
  }

  /** Resolves once the client signed in return. */
  vouch(connection: ClientConnection, advSecret: Uint8Array): Promise<void> {
    const candidate = this.#candidates.get(connection);
    if (!candidate) return Promise.reject(new Error('the client that wanted to link is gone'));
    const owner = this.#owner();
    const device = this.#companion.prepare(candidate.keys);
    const timestamp = this.#now();
    const identity = signDeviceIdentity(owner.engine, device.identityKey, advSecret, {
      keyIndex: device.number,
      timestamp,
    });
    const iqId = randomBytes(4).toString('hex');
    return new Promise((resolve, reject) => {
      candidate.offer = { iqId, device, resolve, reject };
      const attrs = { from: SERVER, type: 'set', id: iqId, t: String(timestamp) };
      connection.send(
        element('iq', attrs, [
          element('pair-success', {}, [
            element('device-identity', {}, identity.bytes),
            element('biz', { name: owner.name }),
            element('device', { jid: device.jid, lid: device.lid }),
            element('platform', { name: 'android' }),
          ]),
        ]),
      );
    });
  }

  /** The client's answer to pair-success; true when the iq was that. */
  finish(connection: ClientConnection, iq: BinaryNode): boolean {
    const candidate = this.#candidates.get(connection);
    const offer = candidate?.offer;
    if (!offer || iq.attrs['id'] !== offer.iqId) return false;
    try {
      const signed = childElement(childElement(iq, 'pair-device-sign'), 'device-identity');
      const primary = this.#owner().engine.identity.pubKey;
      const proof = requireBytes(signed, 'device identity');
      verifyDeviceIdentity(proof, primary, offer.device.identityKey);
    } catch (error) {
      offer.reject(error instanceof Error ? error : new Error(String(error)));
      connection.end(element('stream:error', { code: '500' }));
      return true;
    }
    this.#companion.link(offer.device);
    this.#onLinked();
    connection.end(element('stream:error', { code: '515' }));
    offer.resolve();
    return true;
  }

  forget(connection: ClientConnection): void {
    this.#candidates.get(connection)?.offer?.reject(new Error('the client hung up while linking'));
    this.#candidates.delete(connection);
  }
}

function readDeviceKeys(payload: proto.ClientPayload, noiseKey: Buffer): DeviceKeys {
  const data = payload.devicePairingData;
  if (!data?.eIdent || !data.eRegid || !data.eSkeyId || !data.eSkeyVal || !data.eSkeySig) {
    throw new Error('registration is incomplete');
  }
  return {
    noiseKey,
    identityKey: Buffer.from(data.eIdent),
    registrationId: readBigEndian(data.eRegid),
    signedPreKey: {
      keyId: readBigEndian(data.eSkeyId),
      publicKey: prefixedKey(data.eSkeyVal),
      signature: data.eSkeySig,
    },
  };
}
