import { once } from 'node:events';
import type { Server } from 'node:net';

/** Takes the port on this machine until disposed. */
export async function listenOn(server: Server, port: number): Promise<AsyncDisposable> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
