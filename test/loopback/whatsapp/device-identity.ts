import { createHmac } from 'node:crypto';
import { proto } from '@whiskeysockets/baileys';
import { verifySignature } from 'whatsapp-rust-bridge';
import { prefixedKey } from './noise.ts';
import type { SignalEngine } from './signal-engine.ts';

/** What the primary device signs over, and what the companion signs over in return. */
const ACCOUNT_PREFIX = Buffer.from([6, 0]);
const DEVICE_PREFIX = Buffer.from([6, 1]);

export interface SignedIdentity {
  readonly keyIndex: number;
  /** ADVSignedDeviceIdentityHMAC, for pair-success. */
  readonly bytes: Uint8Array;
}

/** The primary device vouches for a companion. @param advSecret shared through the QR or the code */
export function signDeviceIdentity(
  primary: SignalEngine,
  companionIdentity: Uint8Array,
  advSecret: Uint8Array,
  options: { keyIndex: number; timestamp: number },
): SignedIdentity {
  const details = proto.ADVDeviceIdentity.encode({
    rawId: primary.registrationId,
    timestamp: options.timestamp,
    keyIndex: options.keyIndex,
  }).finish();
  const signed = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: primary.identity.pubKey.subarray(1),
    accountSignature: primary.sign(Buffer.concat([ACCOUNT_PREFIX, details, companionIdentity])),
  }).finish();
  const hmac = createHmac('sha256', advSecret).update(signed).digest();
  const bytes = proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac }).finish();
  return { keyIndex: options.keyIndex, bytes };
}

/** Checks both signatures of an ADVSignedDeviceIdentity the companion shows; throws when one fails. */
export function verifyDeviceIdentity(
  bytes: Uint8Array,
  primaryKey: Uint8Array,
  companionIdentity: Uint8Array,
): void {
  const { details, accountSignature, deviceSignature } =
    proto.ADVSignedDeviceIdentity.decode(bytes);
  if (!details || !accountSignature || !deviceSignature) {
    throw new Error('device identity is incomplete');
  }
  const account = Buffer.concat([ACCOUNT_PREFIX, details, companionIdentity]);
  const primary = prefixedKey(primaryKey);
  if (!verifySignature(primary, account, accountSignature)) {
    throw new Error('device identity has a wrong account signature');
  }
  const device = Buffer.concat([DEVICE_PREFIX, details, companionIdentity, primary.subarray(1)]);
  if (!verifySignature(prefixedKey(companionIdentity), device, deviceSignature)) {
    throw new Error('device identity has a wrong device signature');
  }
}
