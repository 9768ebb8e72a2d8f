/** A TOML basic string; JSON's escapes are TOML's, but for DEL. */
export function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007F', '\\u007F');
}

/** An array of basic strings. */
export const tomlList = (items: readonly string[]) => `[${items.map(tomlString).join(',')}]`;
