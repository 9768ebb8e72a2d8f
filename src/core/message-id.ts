/**
 * A WhatsApp message id from 9 random bytes: `3EB0` and 18 upper-case hex digits, the form of WhatsApp Web
 * as Baileys' generateMessageIDV2 makes it.
 */
export function toMessageId(random: Uint8Array): string {
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `3EB0${hex.slice(0, 18).toUpperCase()}`;
}
