import type { IncomingMessage } from 'node:http';

/** Far above the longest prompt of a task or text of a message, which the tools check themselves. */
const MAX_BODY_BYTES = 1024 * 1024;

/** The body as text; undefined when it is too long. Rejects when the client breaks off. */
export async function readBoundedBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A destroyed request would take the connection with it, and the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const piece: Buffer = chunk;
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}
