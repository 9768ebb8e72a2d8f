import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a browser keeps instead of the token. A new token ends all sessions. */
export function sessionOf(token: string): string {
  return createHmac('sha256', token).update('deckhand console session').digest('base64url');
}

/** Takes as long for every wrong guess, whatever its length. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash(given), hash(expected));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
