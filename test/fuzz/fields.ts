/** Stands between the fields of an input that has several: U+001E, the record separator of ASCII. */
const FIELD_END = '\x1e';

/** An input of several texts as one. */
export function joinFields(...fields: readonly string[]): string {
  return fields.join(FIELD_END);
}

/**
 * The texts of an input; those that are missing are empty, and what is too much belongs to the last. Half a surrogate
 * pair, which no UTF-8 can hold, is written as `\ud83d` with a backslash.
 */
export function splitFields(input: Buffer, count: number): string[] {
  const parts = input.toString('utf8').split(FIELD_END);
  const fields = [...parts.slice(0, count - 1), parts.slice(count - 1).join(FIELD_END)];
  return Array.from({ length: count }, (_, index) => withHalves(fields[index] ?? ''));
}

function withHalves(text: string): string {
  if (!text.includes('\\ud')) return text;
  return text.replace(/\\u(d[89a-f][0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
