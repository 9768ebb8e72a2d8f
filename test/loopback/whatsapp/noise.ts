import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { proto } from '@whiskeysockets/baileys';
import {
  calculateAgreement,
  calculateSignature,
  generateKeyPair,
  type KeyPair,
} from 'whatsapp-rust-bridge';

/** Name of the handshake, exactly 32 bytes, so that it is its own first hash. */
const PROTOCOL_NAME = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');
/** 'WA', protocol 6, dictionary 3; the only part of the intro that enters the hash. */
export const CONNECTION_HEADER = Buffer.from([0x57, 0x41, 6, 3]);
const TAG_LENGTH = 16;

/** Signal prefixes public keys with the byte 5; Noise and the stanzas carry the bare 32 bytes. */
export function bareKey(publicKey: Uint8Array): Buffer {
  return Buffer.from(publicKey.length === 33 ? publicKey.subarray(1) : publicKey);
}

export function prefixedKey(publicKey: Uint8Array): Uint8Array {
  return publicKey.length === 33 ? publicKey : Buffer.concat([Buffer.from([5]), publicKey]);
}

/** X25519 agreement. */
export function agree(pair: KeyPair, publicKey: Uint8Array): Uint8Array {
  return calculateAgreement(prefixedKey(publicKey), pair.privKey);
}

function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(counter, 8);
  return bytes;
}

function seal(key: Uint8Array, counter: number, aad: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(counter)).setAAD(aad);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Uint8Array, counter: number, aad: Uint8Array, sealed: Uint8Array): Buffer {
  if (sealed.length < TAG_LENGTH) throw new Error('frame shorter than its tag');
  const body = sealed.subarray(0, sealed.length - TAG_LENGTH);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(counter)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** Encrypted frames after the handshake: one key and one counter for each direction. */
export class NoiseTransport {
  readonly #readKey: Uint8Array;
  readonly #writeKey: Uint8Array;
  #reads = 0;
  #writes = 0;

  constructor(readKey: Uint8Array, writeKey: Uint8Array) {
    this.#readKey = readKey;
    this.#writeKey = writeKey;
  }

  open(frame: Uint8Array): Buffer {
    return unseal(this.#readKey, this.#reads++, Buffer.alloc(0), frame);
  }

  seal(plain: Uint8Array): Buffer {
    return seal(this.#writeKey, this.#writes++, Buffer.alloc(0), plain);
  }
}

export interface NoiseKeys {
  readonly static: KeyPair;
  /** Signs the certificate of the static key. */
  readonly root: KeyPair;
}

/** The answering side of Noise XX as WhatsApp runs it. Calls in order: answerHello, readFinish, split. */
export class NoiseResponder {
  readonly #static: KeyPair;
  readonly #root: KeyPair;
  readonly #ephemeral = generateKeyPair();
  #hash: Buffer = PROTOCOL_NAME;
  #salt: Uint8Array = PROTOCOL_NAME;
  #key: Uint8Array = PROTOCOL_NAME;
  #counter = 0;

  constructor(keys: NoiseKeys) {
    this.#static = keys.static;
    this.#root = keys.root;
    this.#mixHash(CONNECTION_HEADER);
  }

  answerHello(frame: Uint8Array): Uint8Array {
    const remote = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral;
    if (remote?.length !== 32) throw new Error('client hello without an ephemeral key');
    this.#mixHash(remote);
    const ephemeral = bareKey(this.#ephemeral.pubKey);
    this.#mixHash(ephemeral);
    this.#mixKey(agree(this.#ephemeral, remote));
    const encryptedStatic = this.#encrypt(bareKey(this.#static.pubKey));
    this.#mixKey(agree(this.#static, remote));
    const payload = this.#encrypt(certificateChain(this.#static, this.#root));
    return proto.HandshakeMessage.encode({
      serverHello: { ephemeral, static: encryptedStatic, payload },
    }).finish();
  }

  readFinish(frame: Uint8Array): { noiseKey: Buffer; payload: proto.ClientPayload } {
    const finish = proto.HandshakeMessage.decode(frame).clientFinish;
    if (!finish?.static || !finish.payload) throw new Error('client finish is incomplete');
    const noiseKey = this.#decrypt(finish.static);
    this.#mixKey(agree(this.#ephemeral, noiseKey));
    return { noiseKey, payload: proto.ClientPayload.decode(this.#decrypt(finish.payload)) };
  }

  split(): NoiseTransport {
    const [fromClient, toClient] = this.#derive(new Uint8Array(0));
    return new NoiseTransport(fromClient, toClient);
  }

  #mixHash(data: Uint8Array): void {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest();
  }

  #derive(input: Uint8Array): [Uint8Array, Uint8Array] {
    const bytes = new Uint8Array(hkdfSync('sha256', input, this.#salt, '', 64));
    return [bytes.subarray(0, 32), bytes.subarray(32)];
  }

  #mixKey(input: Uint8Array): void {
    [this.#salt, this.#key] = this.#derive(input);
    this.#counter = 0;
  }

  #encrypt(plain: Uint8Array): Buffer {
    const sealed = seal(this.#key, this.#counter++, this.#hash, plain);
    this.#mixHash(sealed);
    return sealed;
  }

  #decrypt(sealed: Uint8Array): Buffer {
    const plain = unseal(this.#key, this.#counter++, this.#hash, sealed);
    this.#mixHash(sealed);
    return plain;
  }
}

/**
 * root → intermediate → leaf (the static key). Clients that verify it need our root in place of
 * WhatsApp's.
 */
function certificateChain(staticPair: KeyPair, root: KeyPair): Uint8Array {
  const issuer = generateKeyPair();
  const { Details } = proto.CertChain.NoiseCertificate;
  const leaf = Details.encode({
    serial: 1,
    issuerSerial: 1,
    key: bareKey(staticPair.pubKey),
  }).finish();
  const intermediate = Details.encode({
    serial: 1,
    issuerSerial: 0,
    key: bareKey(issuer.pubKey),
  }).finish();
  return proto.CertChain.encode({
    leaf: { details: leaf, signature: calculateSignature(issuer.privKey, leaf) },
    intermediate: {
      details: intermediate,
      signature: calculateSignature(root.privKey, intermediate),
    },
  }).finish();
}
