/**
 * What could move the cursor, reorder or hide text: controls, format characters (bidi, zero-width, tags),
 * line and paragraph separators, lone surrogates. The joiners U+200C and U+200D stay: scripts and emoji need them.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Letters of East Asia and emoji take two columns. Marks, joiners and variation selectors take none. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const HAS_WIDTH = /[^\p{M}\p{Cf}]/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Makes a text from outside safe to show in a terminal: one line, escapes as `\u{202e}`. */
export function terminalText(text: string): string {
  return text.replace(UNSAFE, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON that means the same and is safe to show: escapes as `\u202e`. The newlines between its values stay. */
export function terminalJson(json: string): string {
  return json.replace(UNSAFE, (found) => (found === '\n' ? found : escapeUnits(found)));
}

function escapeUnits(text: string): string {
  return text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Columns that a safe text takes in a terminal; terminals differ by a column or so for rare emoji. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Cuts a text at a whole grapheme to at most `width` columns (≥ 1), `…` marking the cut. */
export function fitToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let fitting = '';
  let left = width - 1;
  for (const { segment } of segmenter.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    fitting += segment;
  }
  return `${fitting}…`;
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme) || grapheme.includes('\ufe0f')) return 2;
  return HAS_WIDTH.test(grapheme) ? 1 : 0;
}
