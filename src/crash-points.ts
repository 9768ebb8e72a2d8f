import { channel } from 'node:diagnostics_channel';

/**
 * Every moment at which a host that dies would leave something half done, by the number of the mechanism that
 * makes up for it in docs/guarantees.md. A name that ends in `-ing` lies within the transaction. Number 12, the
 * agent's file that is not renamed yet, has none: there the host has nothing in hand.
 */
export const CRASH_POINTS = {
  'stanza-received': 1,
  'ratchet-advancing': 2,
  'message-decrypted': 2,
  'message-storing': 3,
  'message-stored': 3,
  'run-due': 4,
  'run-claiming': 4,
  'run-claimed': 5,
  'agent-started': 5,
  'request-sent': 6,
  'event-received': 7,
  'result-received': 8,
  'run-ending': 8,
  'run-ended': 9,
  'message-due': 9,
  'message-written': 10,
  'message-acked': 10,
  'resend-asked': 11,
  'request-found': 13,
  'request-claimed': 14,
  'request-applying': 14,
  'request-applied': 15,
  'reply-written': 15,
  'slot-due': 16,
  'slot-claiming': 16,
  'slot-claimed': 16,
  'attempt-failed': 17,
  'attempt-begun': 17,
} as const;

export type CrashPoint = keyof typeof CRASH_POINTS;

const passed = channel('deckhand:crash-point');

/** Tells whoever listens, a test, that the host is there; costs one property while nobody does. */
export function passCrashPoint(point: CrashPoint): void {
  if (passed.hasSubscribers) passed.publish(point);
}

/**
 * Calls at each crash point, synchronously and within the database transaction that may be open there. What it
 * throws becomes an uncaught exception. The returned function ends it.
 */
export function onCrashPoint(call: (point: CrashPoint) => void): () => void {
  const listener = (message: unknown) => call(message as CrashPoint);
  passed.subscribe(listener);
  return () => {
    passed.unsubscribe(listener);
  };
}
