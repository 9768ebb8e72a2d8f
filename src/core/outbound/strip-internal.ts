const TAG = /<(\/?)internal>/gi;

/**
 * Removes `<internal>…</internal>`, in which an agent thinks aloud. Nested blocks go as one; a block that is
 * never closed goes to the end of the text, because a cut answer must not show what was meant to be hidden.
 */
export function stripInternal(text: string): string {
  let visible = '';
  let depth = 0;
  let from = 0;
  for (const tag of text.matchAll(TAG)) {
    if (depth === 0) visible = joinAroundGap(visible, text.slice(from, tag.index));
    depth = tag[1] === '' ? depth + 1 : Math.max(0, depth - 1);
    from = tag.index + tag[0].length;
  }
  if (depth === 0) visible = joinAroundGap(visible, text.slice(from));
  return visible.trim();
}

/** A block on lines of its own leaves no hole of blank lines behind. */
function joinAroundGap(before: string, after: string): string {
  return before === '' || before.endsWith('\n') ? before + after.trimStart() : before + after;
}
