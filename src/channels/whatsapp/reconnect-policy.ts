/** What follows when a socket has closed. `stop` is final until a person acts; `mend` tells them how. */
export type CloseVerdict =
  | { action: 'reconnect'; delayMs: number }
  | { action: 'stop'; reason: string; mend: string };

export interface Backoff {
  /** Wait after the first failure, before jitter. */
  readonly firstMs: number;
  readonly longestMs: number;
}

export const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/** WhatsApp asks for a new connection, usually right after pairing. */
const RESTART_REQUIRED = 515;

/** Restarts in a row that are followed at once; after that something is wrong with them. */
const MAX_RESTARTS_AT_ONCE = 3;

/**
 * Baileys names 401, 403, 405, 411 and 440; 463 is the server's refusal of a restricted account. 402, 406 and 409 are
 * reasons of a refused login that whatsmeow knows (its ConnectFailureReason) and does not answer by connecting again.
 */
const ENDS: Record<number, { reason: string; mend: string }> = {
  401: {
    reason: 'the phone has unlinked this device',
    mend: 'Run `deckhand link` to link it again. Nothing was deleted.',
  },
  402: {
    reason: 'WhatsApp has banned this account for a while',
    mend: 'Wait until the ban shown in WhatsApp on the phone is over, then start Deckhand again.',
  },
  403: {
    reason: 'WhatsApp has blocked this account',
    mend: 'Open WhatsApp on the phone and follow what it says, then start Deckhand again.',
  },
  405: {
    reason: 'WhatsApp no longer accepts this version of the client',
    mend: 'Update Deckhand to a version with a newer WhatsApp client, then start it again.',
  },
  406: {
    reason: 'WhatsApp has logged this account out',
    mend: 'Open WhatsApp on the phone and follow what it says, then run `deckhand link`. Nothing was deleted.',
  },
  409: {
    reason: 'WhatsApp does not accept this client',
    mend: 'Update Deckhand to a version with a newer WhatsApp client, then start it again.',
  },
  411: {
    reason: 'this account cannot use linked devices',
    mend: 'Update WhatsApp on the phone, then start Deckhand again.',
  },
  440: {
    reason: 'another program has taken over this link',
    mend: 'Make sure that only one Deckhand uses this link, then start it again.',
  },
  463: {
    reason: 'WhatsApp has restricted this account for a while',
    mend: 'Wait until the restriction shown in WhatsApp on the phone is over, then start Deckhand again.',
  },
};

/**
 * Judges the status code with which a socket closed (Baileys' DisconnectReason). `failures` counts the closes
 * in a row before this one that came soon after connecting; `random` gives 0 ≤ x < 1. The delay doubles up to
 * the longest and is then drawn from its upper half, so that many hosts do not come back together.
 */
export function judgeClose(
  code: number,
  failures: number,
  random: () => number,
  backoff: Backoff = BACKOFF,
): CloseVerdict {
  const end = ENDS[code];
  if (end !== undefined) return { action: 'stop', ...end };
  if (code === RESTART_REQUIRED && failures < MAX_RESTARTS_AT_ONCE) {
    return { action: 'reconnect', delayMs: 0 };
  }
  const ceiling = Math.min(backoff.longestMs, backoff.firstMs * 2 ** Math.min(failures, 30));
  return { action: 'reconnect', delayMs: Math.round(ceiling * (0.5 + random() / 2)) };
}
