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
  const { mediaKey, fileSha256, directPath, url } = found?.part ?? {};
  if (!found?.part || !mediaKey?.length || !fileSha256?.length || !(directPath || url))
    return undefined;
  const fileName = found.part.fileName?.toWellFormed().slice(0, MAX_FILE_NAME_CHARS);
  const byteSize = toNumber(found.part.fileLength);
  const source: MediaSource = {
    mediaType: found.mediaType,
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
  return {
    kind: found.kind,
    ...(fileName ? { fileName } : {}),
    ...(byteSize > 0 ? { byteSize } : {}),
    source: JSON.stringify(source),
  };
}
