import { unlink } from 'node:fs/promises';
import { encryptedStream, type MediaType, proto } from '@whiskeysockets/baileys';
import type { OutboundMedia } from '../../core/message.ts';
import { isErrno } from '../../errno.ts';
import type { UploadOutcome } from '../../ports.ts';
import { waitUnlessAborted } from '../../wait.ts';
import type { OpenSocket } from './socket.ts';

const UPLOAD_TIMEOUT_MS = 120_000;

const MEDIA_TYPES = {
  document: 'document',
  image: 'image',
  video: 'video',
  voice: 'audio',
} as const satisfies Record<OutboundMedia['media'], MediaType>;

/**
 * Encrypts a file under a fresh key and uploads it. Never rejects. The file is taken as it is: nothing of it is
 * decoded here, so there is no thumbnail.
 */
export async function uploadMedia(
  message: OutboundMedia,
  path: string,
  { sock, ended }: OpenSocket,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, ended, done.signal]);
  const over = waitUnlessAborted(UPLOAD_TIMEOUT_MS, stop).then(
    (): UploadOutcome => ({ status: 'unconfirmed', reason: 'the upload was interrupted' }),
  );
  const outcome = await Promise.race([encryptAndUpload(message, path, sock), over]);
  done.abort();
  return outcome;
}

async function encryptAndUpload(
  message: OutboundMedia,
  path: string,
  sock: OpenSocket['sock'],
): Promise<UploadOutcome> {
  const mediaType = MEDIA_TYPES[message.media];
  try {
    const file = await encryptedStream({ url: path }, mediaType);
    try {
      const { mediaUrl, directPath } = await sock.waUploadToServer(file.encFilePath, {
        mediaType,
        fileEncSha256B64: file.fileEncSha256.toString('base64'),
        timeoutMs: UPLOAD_TIMEOUT_MS,
      });
      const { mediaKey, fileSha256, fileEncSha256, fileLength } = file;
      const where = { url: mediaUrl, directPath, mediaKey, fileSha256, fileEncSha256, fileLength };
      const content = toContent(message, where);
      const upload = Buffer.from(proto.Message.encode(content).finish()).toString('base64');
      return { status: 'uploaded', upload };
    } finally {
      await unlink(file.encFilePath);
    }
  } catch (error) {
    const isGone = isErrno(error, 'ENOENT');
    if (isGone) return { status: 'rejected', reason: 'the file is not in the spool any more' };
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 'unconfirmed', reason: `not uploaded: ${reason}` };
  }
}

interface Uploaded {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
}

function toContent(message: OutboundMedia, where: Uploaded): proto.IMessage {
  const { mimetype, caption, fileName, seconds } = message;
  const common = { ...where, mimetype };
  const captioned = caption === undefined ? common : { ...common, caption };
  switch (message.media) {
    case 'image':
      return { imageMessage: captioned };
    case 'video':
      return { videoMessage: captioned };
    case 'voice':
      return {
        audioMessage: { ...common, ptt: true, ...(seconds === undefined ? {} : { seconds }) },
      };
    case 'document':
      return {
        documentMessage: { ...captioned, fileName: fileName ?? 'file', title: fileName ?? 'file' },
      };
    default:
      return message.media satisfies never;
  }
}
