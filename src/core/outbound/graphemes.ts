const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Offsets behind whole graphemes in `text` from `start` (itself such an offset), the furthest at most
 * `length` UTF-16 units away. Empty when the first grapheme alone is longer than that.
 */
export function graphemeEnds(text: string, start: number, length: number): number[] {
  const isLast = text.length - start <= length;
  // A boundary depends on the code point behind it, so two more units make every offset up to `length` sure.
  const window = text.slice(start, start + length + 2);
  const ends = Array.from(segmenter.segment(window), (segment) => start + segment.index).slice(1);
  if (isLast) ends.push(text.length);
  return ends.filter((end) => end - start <= length);
}

/** The furthest offset that does not halve a surrogate pair: the way out for a grapheme beyond any limit. */
export function codePointEnd(text: string, start: number, length: number): number {
  const end = Math.min(text.length, start + Math.max(length, 2));
  const isHalf = end < text.length && (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return isHalf ? end - 1 : end;
}
