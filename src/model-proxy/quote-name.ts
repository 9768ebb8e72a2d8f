/** Characters, escapes among them. */
const MAX_QUOTED_CHARS = 60;

/** What a container calls something, as a short part of a sentence: in quotes, escaped, and cut where it is long. */
export function quoteName(name: string): string {
  const quoted = JSON.stringify(name.slice(0, MAX_QUOTED_CHARS));
  return quoted.length <= MAX_QUOTED_CHARS ? quoted : `${quoted.slice(0, MAX_QUOTED_CHARS)}…"`;
}
