import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token of an attempt, 43 characters of base64url: the same for every host that has the key, so that a later one
 * knows the attempt that it adopts. It tells nothing of the key.
 */
export function createRunToken(key: string, attemptId: string): string {
  return createHmac('sha256', key).update(attemptId).digest('base64url');
}

/** Takes the same time however much of the two is the same. */
export function isSameToken(token: string, other: string): boolean {
  const bytes = Buffer.from(token);
  const otherBytes = Buffer.from(other);
  return bytes.length === otherBytes.length && timingSafeEqual(bytes, otherBytes);
}
