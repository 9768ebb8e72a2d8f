import type { IncomingMessage } from 'node:http';
import { isErrno } from '../errno.ts';
import type { RequestHold } from './held-bytes.ts';

/** Longest body of a request in bytes: what the Messages API takes. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** How long a body may take to come from a container of this machine. */
const BODY_TIMEOUT_MS = 60_000;

const BREAKS = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'] as const;

export type ReadBody =
  | { readonly status: 'read'; readonly bytes: Buffer }
  | { readonly status: 'too_large' }
  /** It broke off, or did not come within the time. */
  | { readonly status: 'broken' };

/** Reads a body whole. The rest of one that is too large, or for which there is no room, stays where it is. */
export async function readBody(
  request: IncomingMessage,
  hold: Pick<RequestHold, 'take'>,
): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
    return { status: 'too_large' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES || !hold.take(chunk.length)) return { status: 'too_large' };
      chunks.push(chunk);
    }
    return { status: 'read', bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (isErrno(error, ...BREAKS)) return { status: 'broken' };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
