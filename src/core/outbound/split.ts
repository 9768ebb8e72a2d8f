import { cutText, type Piece } from './cut.ts';

/**
 * UTF-16 units of one message. WhatsApp itself takes about 65,536 characters, but folds a long message
 * behind "Read more". Its Business API takes 4,096 and OpenClaw sends 4,000, so bridges cope with this too.
 */
const MESSAGE_LIMIT = 4_000;

const SMALLEST_LIMIT = 40;

/**
 * The text as messages of at most `limit` UTF-16 units each, none empty. More than one are numbered `(1/3)`
 * on a line of their own at the end, since in a group others write in between. A code block that is cut is
 * closed and opened again; white space around a cut is dropped.
 */
export function splitText(text: string, limit: number = MESSAGE_LIMIT): string[] {
  if (limit < SMALLEST_LIMIT) throw new RangeError(`limit must be at least ${SMALLEST_LIMIT}`);
  const whole = text.trim();
  if (whole === '') return [];
  if (whole.length <= limit) return [whole];
  for (let digits = 1; ; digits += 1) {
    const parts = cutText(whole, limit - '\n(/)'.length - 2 * digits)
      .map(renderPiece)
      .filter((part) => part !== '');
    if (String(parts.length).length <= digits) return numberParts(parts);
  }
}

function numberParts(parts: readonly string[]): string[] {
  if (parts.length === 1) return [...parts];
  return parts.map((part, index) => `${part}\n(${index + 1}/${parts.length})`);
}

/** Makes a piece stand alone: a fence that would open or close nothing is dropped instead of doubled. */
function renderPiece(piece: Piece): string {
  let text = piece.text.trimEnd();
  if (!piece.startsInCode) text = text.replace(/^\n+/, '');
  else if (text.trimStart().startsWith('```')) text = text.trimStart().replace(/^`+\n?/, '');
  else text = `\`\`\`\n${text}`;
  if (!piece.endsInCode) return text;
  return text.endsWith('```') ? text.replace(/`+$/, '').trimEnd() : `${text}\n\`\`\``;
}
