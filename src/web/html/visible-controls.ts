/** Embeddings, overrides and isolates of the writing direction, and the two marks beside them. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Shows what would turn the writing round: a name must not make the words beside it say something else. In the whole
 * page at once, so that no place of it is forgotten.
 */
export function showDirections(page: string): string {
  return page.replace(DIRECTION, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
