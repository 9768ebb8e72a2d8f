/**
 * Values in the JSON of one request. A conversation of a million tokens has some ten thousand; each costs the host far
 * more than the byte or two in which a hostile agent can write it.
 */
const MAX_VALUES = 250_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What comes before each value but the first: `,` `:` `[` `{`. */
const SEPARATORS: ReadonlySet<number> = new Set([0x2c, 0x3a, 0x5b, 0x7b]);

/** Whether JSON holds more values than a request to a model; found without parsing it. */
export function hasTooManyValues(bytes: Uint8Array, max = MAX_VALUES): boolean {
  let values = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (isInString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (SEPARATORS.has(byte) && ++values > max) return true;
  }
  return false;
}
