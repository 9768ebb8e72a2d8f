import { fitToWidth, terminalText } from '../../core/terminal-text.ts';

/** Leaves room for a sentence around it. */
const NAME_WIDTH = 40;

/** A chat's name within a sentence: quoted, safe to show, and no longer than half a line. */
export function chatLabel({ name }: { readonly name: string }): string {
  return `"${fitToWidth(terminalText(name), NAME_WIDTH)}"`;
}
