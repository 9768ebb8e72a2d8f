import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Passes bytes both ways until both sides have ended, one is broken, or neither has said anything for `idleMs`. Both
 * are closed then. Either side may end its half first. Never rejects.
 */
export async function tunnel(
  client: Duplex,
  server: Socket,
  head: Buffer,
  idleMs: number,
): Promise<void> {
  server.setTimeout(idleMs, () => server.destroy());
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  if (head.length > 0) server.write(head);
  // A pipeline that fails has destroyed its streams; whoever was at fault, there is nobody to tell.
  await Promise.allSettled([pipeline(client, server), pipeline(server, client)]);
  client.destroy();
  server.destroy();
}
