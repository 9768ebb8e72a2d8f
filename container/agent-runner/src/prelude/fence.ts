/**
 * A block of text that others wrote, inside a tag. The text cannot close the tag early or open a second
 * one of that name. Empty when there is no text.
 */
export function fence(tag: string, text: string): string {
  if (text.trim() === '') return '';
  const inert = text.replaceAll(new RegExp(`<(\\s*/?\\s*${tag})\\b`, 'gi'), '&lt;$1');
  return `<${tag}>\n${inert.trim()}\n</${tag}>`;
}

export function joinBlocks(...blocks: readonly string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n');
}
