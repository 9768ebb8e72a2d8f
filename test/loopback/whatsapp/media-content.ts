import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import {
  getMediaKeys,
  type MediaType,
  normalizeMessageContent,
  type proto,
} from '@whiskeysockets/baileys';
import type { MediaInput, MediaKind } from './types.ts';

/** Bytes of the MAC behind the ciphertext. */
const MAC_LENGTH = 10;
const CONTENT_NAME = {
  image: 'imageMessage',
  document: 'documentMessage',
  audio: 'audioMessage',
  video: 'videoMessage',
  sticker: 'stickerMessage',
} as const satisfies Record<MediaKind, keyof proto.IMessage>;

export interface EncryptedMedia {
  readonly file: Buffer;
  readonly fields: {
    mediaKey: Buffer;
    fileSha256: Buffer;
    fileEncSha256: Buffer;
    fileLength: number;
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** AES-256-CBC, then ten bytes of HMAC-SHA256 over IV and ciphertext. */
export async function encryptMedia(plain: Uint8Array, kind: MediaType): Promise<EncryptedMedia> {
  const mediaKey = randomBytes(32);
  const { iv, cipherKey, macKey } = await getMediaKeys(mediaKey, kind);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  const mac = createHmac('sha256', macKey ?? '')
    .update(iv)
    .update(sealed)
    .digest();
  const file = Buffer.concat([sealed, mac.subarray(0, MAC_LENGTH)]);
  const hashes = { fileSha256: sha256(plain), fileEncSha256: sha256(file) };
  return { file, fields: { mediaKey, ...hashes, fileLength: plain.length } };
}

/** Checks MAC and hash as a phone does. */
export async function decryptMedia(
  file: Buffer,
  kind: MediaType,
  part: { mediaKey?: Uint8Array | null; fileSha256?: Uint8Array | null },
): Promise<Buffer> {
  const { iv, cipherKey, macKey } = await getMediaKeys(Buffer.from(part.mediaKey ?? []), kind);
  const sealed = file.subarray(0, file.length - MAC_LENGTH);
  const mac = createHmac('sha256', macKey ?? '')
    .update(iv)
    .update(sealed)
    .digest();
  if (!mac.subarray(0, MAC_LENGTH).equals(file.subarray(file.length - MAC_LENGTH))) {
    throw new Error('the file has a wrong MAC');
  }
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
  if (!sha256(plain).equals(Buffer.from(part.fileSha256 ?? []))) {
    throw new Error('the file has a wrong hash');
  }
  return plain;
}

/** A message for a file under this URL. Without a direct path clients fetch the URL as it is. */
export function mediaMessage(
  media: MediaInput,
  fields: EncryptedMedia['fields'],
  url: string,
): proto.IMessage {
  const { kind, mimetype, caption, fileName } = media;
  const mediaKeyTimestamp = 0;
  const common = { ...fields, url, mimetype, mediaKeyTimestamp };
  const texts = { ...(caption ? { caption } : {}), ...(fileName ? { fileName } : {}) };
  return { [CONTENT_NAME[kind]]: { ...common, ...texts } };
}

export interface MediaPart {
  readonly kind: MediaKind;
  readonly part: proto.Message.IImageMessage | proto.Message.IDocumentMessage;
}

/** The file a message carries, if any. */
export function findMedia(content: proto.IMessage): MediaPart | undefined {
  const inner = normalizeMessageContent(content) ?? {};
  for (const [kind, name] of Object.entries(CONTENT_NAME)) {
    const part = inner[name];
    if (part) return { kind: kind as MediaKind, part };
  }
  return undefined;
}
