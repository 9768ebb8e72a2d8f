import type { BinaryNode } from '@whiskeysockets/baileys';
import type { SendOutcome } from '../../ports.ts';

/**
 * Error codes after which the same message can never succeed: malformed or not allowed (400, 401, 403, 405,
 * 406), chat gone (404, 410), too large (413), account restricted or no privacy token (463: trying again
 * would prolong the restriction), stanza invalid (479). Others, such as 429 and 5xx, pass with time.
 */
const PERMANENT = new Set([400, 401, 403, 404, 405, 406, 410, 413, 463, 479]);

/** The server's answer to one of our messages; a positive one has no error. */
export function judgeAck(ack: BinaryNode): SendOutcome {
  const { error } = ack.attrs;
  return error === undefined ? { status: 'acked' } : judgeErrorCode(Number(error));
}

function judgeErrorCode(code: number): SendOutcome {
  const reason = `the server answered ${code}`;
  return { status: PERMANENT.has(code) ? 'rejected' : 'unconfirmed', reason };
}

/** Baileys puts the code of a refused query into `data` and that of a lost connection into `output`. */
export function judgeSendError(error: unknown): SendOutcome {
  const code = readServerCode(error);
  if (code !== undefined) return judgeErrorCode(code);
  return { status: 'unconfirmed', reason: error instanceof Error ? error.message : String(error) };
}

/** The code with which the server refused a query, if that is what the error is. */
export function readServerCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('data' in error)) return undefined;
  return typeof error.data === 'number' && error.data >= 400 ? error.data : undefined;
}
