/** Cuts to at most `maxChars` UTF-16 units without splitting what a reader sees as one character. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  // A grapheme longer than this is an attack, not a character; it is cut like any other text.
  const window = text.slice(Math.max(0, maxChars - 64), maxChars + 64);
  const start = Math.max(0, maxChars - 64);
  let end = start;
  for (const { index, segment } of new Intl.Segmenter().segment(window)) {
    if (start + index + segment.length > maxChars) break;
    end = start + index + segment.length;
  }
  return text.slice(0, end > start || start === 0 ? end : maxChars).toWellFormed();
}

export interface CappedText {
  readonly text: string;
  readonly isCut: boolean;
}

/** The answer within its limit; a longer one ends in a note that says so. */
export function capAnswer(text: string, maxChars: number): CappedText {
  if (text.length <= maxChars) return { text, isCut: false };
  const note = `\n\n[cut: the answer was ${text.length} characters long]`;
  if (note.length >= maxChars) return { text: cutText(text, maxChars), isCut: true };
  return { text: cutText(text, maxChars - note.length).trimEnd() + note, isCut: true };
}
