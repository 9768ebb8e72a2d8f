import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { getMediaKeys } from '@whiskeysockets/baileys';
import type { MediaSource } from './media-source.ts';

/** Bytes of the MAC behind the ciphertext. */
const MAC_LENGTH = 10;

/** Most bytes that a file of this size can have when encrypted: padding and MAC. */
export function encryptedLimit(maxBytes: number): number {
  return maxBytes + 16 + MAC_LENGTH;
}

/** AES-256-CBC under an HMAC, as WhatsApp stores files. Undefined when MAC or hash do not fit. */
export async function openMedia(
  encrypted: Buffer,
  { mediaKey, mediaType, fileSha256 }: Pick<MediaSource, 'mediaKey' | 'mediaType' | 'fileSha256'>,
): Promise<Buffer | undefined> {
  const { iv, cipherKey, macKey } = await getMediaKeys(Buffer.from(mediaKey, 'base64'), mediaType);
  if (encrypted.length <= MAC_LENGTH || macKey === undefined) return undefined;
  const sealed = encrypted.subarray(0, -MAC_LENGTH);
  const mac = createHmac('sha256', macKey).update(iv).update(sealed).digest();
  if (!timingSafeEqual(mac.subarray(0, MAC_LENGTH), encrypted.subarray(-MAC_LENGTH)))
    return undefined;
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const hash = createHash('sha256').update(plain).digest();
  return hash.equals(Buffer.from(fileSha256, 'base64')) ? plain : undefined;
}
