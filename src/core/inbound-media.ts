export type InboundMediaKind = 'image' | 'video' | 'voice' | 'audio' | 'document' | 'sticker';

/** A file that came with a message and lies with WhatsApp, encrypted. */
export interface InboundMedia {
  readonly kind: InboundMediaKind;
  /** As the sender names it: data only. */
  readonly fileName?: string;
  /** As the sender claims. */
  readonly byteSize?: number;
  /** Where the channel finds it and with which key; opaque to everybody else. */
  readonly source: string;
}

const MIB = 1024 * 1024;

/** Largest file that is taken from a chat, by kind. What is larger is said, and stays with WhatsApp. */
export const MAX_INBOUND_BYTES: Readonly<Record<InboundMediaKind, number>> = {
  image: 16 * MIB,
  sticker: 2 * MIB,
  voice: 16 * MIB,
  audio: 16 * MIB,
  video: 32 * MIB,
  document: 32 * MIB,
};

/** A file of a message as far as it has got. `path` is below the group's folder. */
export type MediaState =
  | { readonly state: 'pending' }
  | {
      readonly state: 'stored';
      readonly path: string;
      readonly mimetype: string;
      readonly byteSize: number;
    }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'too_large' };

/** Why an agent is not given a file, in words for its prompt. */
export function describeMissing(
  kind: InboundMediaKind,
  media: Exclude<MediaState, { state: 'stored' }>,
): string {
  switch (media.state) {
    case 'pending':
      return 'still being downloaded';
    case 'too_large':
      return `too large: at most ${MAX_INBOUND_BYTES[kind] / MIB} MiB are taken`;
    case 'failed':
      return `the download failed: ${media.reason}`;
    default:
      return media satisfies never;
  }
}

/** Pictures that both providers take as they are. */
const MODEL_IMAGES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
]);
/** Pictures handed to the model natively in one run, the newest. The others are there as files. */
const MAX_MODEL_IMAGES = 8;

/** Paths of the pictures among files, oldest first. */
export function takeImages(files: readonly MediaState[]): string[] {
  return files
    .flatMap((file) =>
      file.state === 'stored' && MODEL_IMAGES.has(file.mimetype) ? [file.path] : [],
    )
    .slice(-MAX_MODEL_IMAGES);
}
