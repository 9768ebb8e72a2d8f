import { createRequire } from 'node:module';
import { calculateSignature, verifySignature } from 'whatsapp-rust-bridge';

/** The part of libsignal's curve module that is replaced. */
interface CurveModule {
  calculateSignature: (privateKey: Uint8Array, message: Uint8Array) => Buffer;
  verifySignature: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => true;
}

const installed = Symbol.for('deckhand.real-curve');
const djbType = 0x05;

/**
 * Puts the WASM signatures in the place of libsignal's slow JavaScript ones, and makes a wrong signature an
 * error. Baileys' `Curve.verify` ignores the result and only notices exceptions, so without this it accepts
 * every signature: of the server's certificate, of the phone that links, of pre-keys.
 *
 * Call it before anything imports Baileys (`const { … } = await import(…)` afterwards): its ES modules take
 * the functions when they load. Throws when it is too late. Calling it again does nothing.
 *
 * From then on a server must prove itself with a Noise certificate chain under
 * `WA_CERT_DETAILS.PUBLIC_KEY` (Baileys lib/Defaults); a loopback server needs its own root put there.
 */
export function installRealCurve(): void {
  const require = createRequire(import.meta.resolve('@whiskeysockets/baileys'));
  const path = require.resolve('libsignal/src/curve.js');
  if (require.cache[path] && !(installed in require(path))) {
    throw new Error('libsignal is loaded already: install the real curve before importing Baileys');
  }
  const curve = require(path) as CurveModule & { [installed]?: true };
  curve.calculateSignature = (privateKey, message) =>
    Buffer.from(calculateSignature(privateKey, message));
  curve.verifySignature = (publicKey, message, signature) => {
    if (verifySignature(toSignalPublicKey(publicKey), message, signature)) return true;
    throw new Error('Invalid signature!');
  };
  curve[installed] = true;
}

function toSignalPublicKey(key: Uint8Array): Uint8Array {
  return key.length === 33 ? key : Buffer.concat([Buffer.of(djbType), key]);
}
