import { open } from 'node:fs/promises';
import { type MediaType, SNIFFED_BYTES, sniffMediaType } from '../core/media-type.ts';
import type { OutboundMediaKind } from '../core/message.ts';
import { readVoiceSeconds } from '../core/voice-length.ts';

/** A page of Ogg at most, with its head. */
const TAIL_BYTES = 66_000;

export type InspectOutcome =
  | { ok: true; mimetype: string; seconds?: number }
  | { ok: false; expected: string };

/** What phones can show as this kind; a document may be anything. */
const EXPECTED: Readonly<Record<OutboundMediaKind, RegExp | undefined>> = {
  document: undefined,
  image: /^image\/(jpeg|png)$/,
  video: /^video\/mp4$/,
  voice: /^audio\/ogg; codecs=opus$/,
};
const EXPECTED_NAMES: Readonly<Record<OutboundMediaKind, string>> = {
  document: 'any file',
  image: 'a JPEG or PNG picture',
  video: 'an MP4 video',
  voice: 'sound in Ogg with Opus',
};

/** Looks at the first and last bytes of a copy, without decoding it. */
export async function inspectSpooled(
  path: string,
  kind: OutboundMediaKind,
): Promise<InspectOutcome> {
  await using file = await open(path);
  const start = Buffer.alloc(SNIFFED_BYTES);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  const type: MediaType = sniffMediaType(start.subarray(0, bytesRead));
  if (EXPECTED[kind]?.test(type.mimetype) === false)
    return { ok: false, expected: EXPECTED_NAMES[kind] };
  if (kind !== 'voice') return { ok: true, mimetype: type.mimetype };
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  await file.read(tail, 0, tail.length, size - tail.length);
  const seconds = readVoiceSeconds(tail);
  return { ok: true, mimetype: type.mimetype, ...(seconds === undefined ? {} : { seconds }) };
}
