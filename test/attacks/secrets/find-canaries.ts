import { Buffer } from 'node:buffer';

/** Names of the secrets of which bytes are in a dump, in any form in which a program would keep them. */
export function findCanaries(dump: Buffer, canaries: Readonly<Record<string, string>>): string[] {
  return Object.entries(canaries)
    .filter(([, secret]) => formsOf(secret).some((form) => dump.includes(form)))
    .map(([name]) => name);
}

/** As it is, as UTF-16, hexadecimal, percent-encoded, and in base64 whatever stands before it. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  return [
    bytes,
    Buffer.from(secret, 'utf16le'),
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    Buffer.from(encodeURIComponent(secret)),
    ...[0, 1, 2].map((shift) => base64Within(bytes, shift)),
  ];
}

/** The characters of base64 that are the same whatever stands before and behind. */
function base64Within(bytes: Buffer, shift: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const first = shift === 0 ? 0 : shift + 1;
  return Buffer.from(text.slice(first, -2));
}
