import { z } from 'zod';

const base64 = z.base64().min(1);

/** Where a file lies, and how it is opened, as its message said. Stored with the message. */
export const mediaSourceSchema = z.strictObject({
  mediaType: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
  mediaKey: base64,
  fileSha256: base64,
  directPath: z.string().exactOptional(),
  url: z.string().exactOptional(),
  /** Of the message, for asking its sender to upload the file again. */
  key: z.strictObject({
    id: z.string(),
    remoteJid: z.string(),
    fromMe: z.boolean(),
    participant: z.string().exactOptional(),
  }),
});
export type MediaSource = z.infer<typeof mediaSourceSchema>;

const MEDIA_HOST = 'mmg.whatsapp.net';

/**
 * The address of a file. The sender chose every part of it, so nothing but WhatsApp's own host is ever asked,
 * or, where the link itself goes to this machine, `loopbackHost` and this machine.
 */
export function mediaUrl(
  { directPath, url }: Pick<MediaSource, 'directPath' | 'url'>,
  loopbackHost: string | undefined,
): URL | undefined {
  if (directPath !== undefined) {
    const host = loopbackHost ?? MEDIA_HOST;
    const built = URL.parse(directPath, `https://${host}`);
    return built?.host === host && built.protocol === 'https:' ? built : undefined;
  }
  const given = url === undefined ? null : URL.parse(url);
  if (given === null) return undefined;
  if (given.protocol === 'https:' && given.host === MEDIA_HOST) return given;
  return loopbackHost !== undefined && given.hostname === '127.0.0.1' ? given : undefined;
}
