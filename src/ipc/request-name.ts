/** Room for a suffix below the 255 bytes of a file name. */
const MAX_NAME_CHARS = 128;

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*\.json$/;

/** Whether a name in the mailbox is meant as a request; temporary and hidden files are not. */
export function isRequestName(name: string): boolean {
  // U+FFFD stands where a name is not UTF-8: such a file cannot be named back to its writer.
  return name.endsWith('.json') && !name.startsWith('.') && !name.includes('\uFFFD');
}

/** Whether a request's name may serve as its id and be logged, stored and used for a reply. */
export function isSafeName(name: string): boolean {
  return name.length <= MAX_NAME_CHARS && NAME.test(name);
}
