import { hkdfSync, randomBytes } from 'node:crypto';
import {
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  type BinaryNode,
  derivePairingCodeKey,
} from '@whiskeysockets/baileys';
import { generateKeyPair, type KeyPair } from 'whatsapp-rust-bridge';
import type { ClientConnection } from './client-connection.ts';
import { childElement, element, requireBytes } from './nodes.ts';
import { agree, bareKey } from './noise.ts';
import type { Pairing } from './pairing.ts';
import type { SimulatedPhone } from './phone.ts';
import { IqError } from './protocol-error.ts';
import { StateWatch } from './state-watch.ts';

/** salt 32 | iv 16 | AES-CTR(public key 32) */
const SALT_LENGTH = 32;
const CTR_IV_LENGTH = 16;
const GCM_IV_LENGTH = 12;
const KEY_LENGTH = 32;

interface Hello {
  readonly connection: ClientConnection;
  readonly ref: Buffer;
  readonly wrappedEphemeral: Buffer;
  attempt: Attempt | undefined;
}

interface Attempt {
  readonly ephemeral: KeyPair;
  readonly companionEphemeral: Buffer;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Linking by an eight-character code. companion_hello (client, its ephemeral key wrapped with the
 * code) → primary_hello (phone, likewise) → companion_finish (client, key bundle) → vouching as for
 * a QR, with a secret both derived.
 */
export class PairingCode {
  readonly #pairing: Pairing;
  readonly #owner: () => SimulatedPhone;
  readonly #watch = new StateWatch();
  #hello: Hello | undefined;

  constructor(pairing: Pairing, owner: () => SimulatedPhone) {
    this.#pairing = pairing;
    this.#owner = owner;
  }

  /** Handles both iqs of the client; the answer is the content of the result. */
  async answer(connection: ClientConnection, request: BinaryNode): Promise<BinaryNode[]> {
    const { stage } = request.attrs;
    if (stage === 'companion_hello') return this.#takeHello(connection, request);
    if (stage === 'companion_finish') return this.#finish(connection, request);
    throw new IqError(400, 'bad-request');
  }

  /**
   * The owner types the code, as soon as a client asked for one. Resolves once that client is
   * linked, rejects when the code was wrong.
   */
  async enter(code: string, signal?: AbortSignal): Promise<void> {
    await this.#watch.waitUntil(() => this.#hello !== undefined, signal);
    const hello = this.#hello;
    if (!hello) throw new Error('the client hung up while linking');
    const { wrappedEphemeral: wrapped } = hello;
    const key = await derivePairingCodeKey(code, wrapped.subarray(0, SALT_LENGTH));
    const iv = wrapped.subarray(SALT_LENGTH, SALT_LENGTH + CTR_IV_LENGTH);
    const sealed = wrapped.subarray(SALT_LENGTH + CTR_IV_LENGTH);
    const companionEphemeral = aesDecryptCTR(sealed, key, iv);
    const ephemeral = generateKeyPair();
    const answer = await wrapKey(bareKey(ephemeral.pubKey), code);
    return new Promise((resolve, reject) => {
      hello.attempt = { ephemeral, companionEphemeral, resolve, reject };
      hello.connection.send(this.#primaryHello(hello.ref, answer));
    });
  }

  forget(connection: ClientConnection): void {
    if (this.#hello?.connection !== connection) return;
    this.#hello.attempt?.reject(new Error('the client hung up while linking'));
    this.#hello = undefined;
  }

  close(reason: Error): void {
    this.#watch.close(reason);
  }

  #takeHello(connection: ClientConnection, request: BinaryNode): BinaryNode[] {
    const wrapped = childElement(request, 'link_code_pairing_wrapped_companion_ephemeral_pub');
    const wrappedEphemeral = requireBytes(wrapped, 'wrapped key');
    const ref = Buffer.from(randomBytes(16).toString('hex'));
    this.#hello = { connection, ref, wrappedEphemeral, attempt: undefined };
    this.#watch.changed();
    return [
      element('link_code_companion_reg', { stage: 'companion_hello' }, [
        element('link_code_pairing_ref', {}, ref),
      ]),
    ];
  }

  #primaryHello(ref: Buffer, wrapped: Buffer): BinaryNode {
    const identity = bareKey(this.#owner().engine.identity.pubKey);
    const attrs = { from: 's.whatsapp.net', type: 'link_code_companion_reg' };
    return element('notification', { ...attrs, id: randomBytes(4).toString('hex') }, [
      element('link_code_companion_reg', { stage: 'primary_hello' }, [
        element('link_code_pairing_ref', {}, ref),
        element('primary_identity_pub', {}, identity),
        element('link_code_pairing_wrapped_primary_ephemeral_pub', {}, wrapped),
      ]),
    ]);
  }

  #finish(connection: ClientConnection, request: BinaryNode): BinaryNode[] {
    const hello = this.#hello;
    const attempt = hello?.attempt;
    const keys = this.#pairing.keysOf(connection);
    if (!hello || !attempt || !keys || hello.connection !== connection) {
      throw new IqError(404, 'item-not-found');
    }
    const shared = agree(attempt.ephemeral, attempt.companionEphemeral);
    const node = childElement(request, 'link_code_pairing_wrapped_key_bundle');
    const random = readBundle(requireBytes(node, 'key bundle'), shared, attempt);
    const identityShared = agree(this.#owner().engine.identity, keys.identityKey);
    const secret = Buffer.concat([shared, identityShared, random]);
    const advSecret = new Uint8Array(hkdfSync('sha256', secret, '', 'adv_secret', KEY_LENGTH));
    this.#hello = undefined;
    this.#pairing.vouch(connection, advSecret).then(attempt.resolve, attempt.reject);
    return [];
  }
}

async function wrapKey(publicKey: Buffer, code: string): Promise<Buffer> {
  const salt = randomBytes(SALT_LENGTH);
  const iv = randomBytes(CTR_IV_LENGTH);
  const key = await derivePairingCodeKey(code, salt);
  return Buffer.concat([salt, iv, aesEncryptCTR(publicKey, key, iv)]);
}

/**
 * salt 32 | iv 12 | AES-GCM(identity 32, primary identity 32, random 32). With a wrong code the
 * shared key differs, so the seal does not open.
 *
 * @returns the random part
 */
function readBundle(wrapped: Buffer, shared: Uint8Array, attempt: Attempt): Buffer {
  const salt = wrapped.subarray(0, SALT_LENGTH);
  const iv = wrapped.subarray(SALT_LENGTH, SALT_LENGTH + GCM_IV_LENGTH);
  const sealed = wrapped.subarray(SALT_LENGTH + GCM_IV_LENGTH);
  const info = 'link_code_pairing_key_bundle_encryption_key';
  const key = new Uint8Array(hkdfSync('sha256', shared, salt, info, KEY_LENGTH));
  try {
    return aesDecryptGCM(sealed, key, iv, Buffer.alloc(0)).subarray(2 * KEY_LENGTH);
  } catch (cause) {
    attempt.reject(new Error('the pairing code is wrong', { cause }));
    throw new IqError(401, 'not-authorized');
  }
}
