/** What a person types to keep a file to themselves, whatever its path holds. */
export function chmodCommand(path: string): string {
  const isPlain = /^[\w@%+=:,./-]+$/.test(path);
  return `chmod 600 ${isPlain ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`}`;
}
