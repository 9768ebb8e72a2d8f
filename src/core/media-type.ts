/** What the first bytes of a file say it is. */
export interface MediaType {
  readonly mimetype: string;
  /** Without a dot. */
  readonly extension: string;
  readonly family: 'image' | 'video' | 'audio' | 'other';
}

interface Signature extends MediaType {
  /** Offset → Latin-1 characters. */
  readonly marks: readonly (readonly [number, string])[];
}

/** Bytes that {@link sniffMediaType} looks at. */
export const SNIFFED_BYTES = 64;

const OTHER: MediaType = {
  mimetype: 'application/octet-stream',
  extension: 'bin',
  family: 'other',
};

/** The order counts: the more exact signature comes first. */
const SIGNATURES: readonly Signature[] = [
  image('image/jpeg', 'jpg', [[0, '\xFF\xD8\xFF']]),
  image('image/png', 'png', [[0, '\x89PNG\r\n\x1A\n']]),
  image('image/gif', 'gif', [[0, 'GIF8']]),
  image('image/webp', 'webp', [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ]),
  image('image/heic', 'heic', [[4, 'ftyphei']]),
  image('image/avif', 'avif', [[4, 'ftypavif']]),
  audio('audio/wav', 'wav', [
    [0, 'RIFF'],
    [8, 'WAVE'],
  ]),
  audio('audio/ogg; codecs=opus', 'ogg', [
    [0, 'OggS'],
    [28, 'OpusHead'],
  ]),
  audio('audio/ogg', 'ogg', [[0, 'OggS']]),
  audio('audio/mp4', 'm4a', [[4, 'ftypM4A']]),
  audio('audio/mpeg', 'mp3', [[0, 'ID3']]),
  audio('audio/mpeg', 'mp3', [[0, '\xFF\xFB']]),
  audio('audio/aac', 'aac', [[0, '\xFF\xF1']]),
  audio('audio/amr', 'amr', [[0, '#!AMR']]),
  video('video/quicktime', 'mov', [[4, 'ftypqt']]),
  video('video/3gpp', '3gp', [[4, 'ftyp3g']]),
  video('video/mp4', 'mp4', [[4, 'ftyp']]),
  video('video/webm', 'webm', [[0, '\x1A\x45\xDF\xA3']]),
  other('application/pdf', 'pdf', [[0, '%PDF-']]),
  other('application/zip', 'zip', [[0, 'PK\x03\x04']]),
  other('application/gzip', 'gz', [[0, '\x1F\x8B']]),
];

function image(mimetype: string, extension: string, marks: Signature['marks']): Signature {
  return { mimetype, extension, family: 'image', marks };
}
function audio(mimetype: string, extension: string, marks: Signature['marks']): Signature {
  return { mimetype, extension, family: 'audio', marks };
}
function video(mimetype: string, extension: string, marks: Signature['marks']): Signature {
  return { mimetype, extension, family: 'video', marks };
}
function other(mimetype: string, extension: string, marks: Signature['marks']): Signature {
  return { mimetype, extension, family: 'other', marks };
}

/** The type by the content alone: what a sender or a name claims plays no part. */
export function sniffMediaType(start: Uint8Array): MediaType {
  const text = Buffer.from(start.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const known = SIGNATURES.find(({ marks }) =>
    marks.every(([offset, mark]) => text.startsWith(mark, offset)),
  );
  if (known !== undefined) {
    const { mimetype, extension, family } = known;
    return { mimetype, extension, family };
  }
  return isText(start) ? { mimetype: 'text/plain', extension: 'txt', family: 'other' } : OTHER;
}

/** No control characters in the bytes looked at, but for white space. */
function isText(start: Uint8Array): boolean {
  return start
    .subarray(0, SNIFFED_BYTES)
    .every(
      (byte) => (byte >= 0x20 && byte !== 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d,
    );
}
