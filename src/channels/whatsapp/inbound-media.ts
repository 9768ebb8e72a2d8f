import { type proto, toNumber, type WAMessageKey } from '@whiskeysockets/baileys';
import type { InboundMedia, InboundMediaKind } from '../../core/inbound-media.ts';
import type { MediaSource } from './media-source.ts';

type Part = proto.Message.IImageMessage &
  proto.Message.IDocumentMessage &
  proto.Message.IAudioMessage;

interface Found {
  readonly kind: InboundMediaKind;
  readonly mediaType: MediaSource['mediaType'];
  readonly part: Part | null | undefined;
}

const MAX_FILE_NAME_CHARS = 200;
/** Of addresses and keys together; those of phones have some hundred. */
const MAX_SOURCE_CHARS = 8_192;

function find(message: proto.IMessage): Found | undefined {
  const { imageMessage, videoMessage, ptvMessage, audioMessage } = message;
  const { stickerMessage, documentMessage } = message;
  if (imageMessage) return { kind: 'image', mediaType: 'image', part: imageMessage };
  if (videoMessage ?? ptvMessage)
    return { kind: 'video', mediaType: 'video', part: videoMessage ?? ptvMessage };
  if (audioMessage)
    return { kind: audioMessage.ptt ? 'voice' : 'audio', mediaType: 'audio', part: audioMessage };
  if (stickerMessage) return { kind: 'sticker', mediaType: 'sticker', part: stickerMessage };
  if (documentMessage) return { kind: 'document', mediaType: 'document', part: documentMessage };
  return undefined;
}

/** The file of a message without its wrappers; undefined when it names none that could be fetched. */
export function readInboundMedia(
  message: proto.IMessage,
  key: WAMessageKey,
): InboundMedia | undefined {
  const found = find(message);
  if (!found?.part) return undefined;
  const source = encodeSource(found.mediaType, found.part, key);
  if (source === undefined) return undefined;
  const fileName = found.part.fileName?.slice(0, MAX_FILE_NAME_CHARS).toWellFormed();
  const byteSize = toNumber(found.part.fileLength);
  return {
    kind: found.kind,
    ...(fileName ? { fileName } : {}),
    ...(byteSize > 0 ? { byteSize } : {}),
    source,
  };
}

function encodeSource(
  mediaType: MediaSource['mediaType'],
  { mediaKey, fileSha256, directPath, url }: Part,
  key: WAMessageKey,
): string | undefined {
  if (!mediaKey?.length || !fileSha256?.length || !(directPath || url)) return undefined;
  const source: MediaSource = {
    mediaType,
    mediaKey: Buffer.from(mediaKey).toString('base64'),
    fileSha256: Buffer.from(fileSha256).toString('base64'),
    ...(directPath ? { directPath } : {}),
    ...(url ? { url } : {}),
    key: {
      id: key.id ?? '',
      remoteJid: key.remoteJid ?? '',
      fromMe: key.fromMe === true,
      ...(key.participant ? { participant: key.participant } : {}),
    },
  };
  const encoded = JSON.stringify(source);
  return encoded.length > MAX_SOURCE_CHARS ? undefined : encoded;
}
