/**
 * Keys that occur twice in one object of a JSON text, as dotted paths. `JSON.parse` keeps the last one
 * without a word, so a copied entry whose key was not changed would make its original disappear.
 * The text must be valid JSON.
 */
export function findDuplicateKeys(text: string): string[] {
  const duplicates: string[] = [];
  const open: { keys: Set<string> | undefined; key: string }[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{') open.push({ keys: new Set(), key: '' });
    else if (token === '[') open.push({ keys: undefined, key: '' });
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const top = open.at(-1);
      const key = String(JSON.parse(token.slice(0, -1)));
      if (!top?.keys) continue;
      top.key = key;
      if (top.keys.has(key)) duplicates.push(open.flatMap((level) => level.key || []).join('.'));
      top.keys.add(key);
    }
  }
  return duplicates;
}
