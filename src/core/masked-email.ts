/**
 * An address as others in a chat may see it: who has it knows it again, nobody else learns it. Undefined for what is
 * no address.
 */
export function maskEmail(email: string): string | undefined {
  const [, name, domain] = /^([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)$/.exec(email) ?? [];
  if (name === undefined || domain === undefined) return undefined;
  // A word character stands before the `@`, which is then no mention.
  return `${name.charAt(0)}…${name.charAt(name.length - 1)}@${domain}`;
}
