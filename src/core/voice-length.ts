const PAGE_MARK = Buffer.from('OggS');
/** Opus in Ogg counts 48,000 samples a second, whatever was recorded (RFC 7845, section 4). */
const SAMPLES_PER_SECOND = 48_000;
const GRANULE_OFFSET = 6;

/**
 * Length in whole seconds of an Opus file by the position in its last page; `end` are its last bytes, a page
 * (64 KiB) or more. Undefined when they hold no page.
 */
export function readVoiceSeconds(end: Uint8Array): number | undefined {
  const bytes = Buffer.from(end);
  const at = bytes.lastIndexOf(PAGE_MARK);
  if (at === -1 || at + GRANULE_OFFSET + 8 > bytes.length) return undefined;
  const samples = bytes.readBigInt64LE(at + GRANULE_OFFSET);
  const seconds = Number(samples) / SAMPLES_PER_SECOND;
  return seconds > 0 && seconds < 86_400 ? Math.max(1, Math.round(seconds)) : undefined;
}
