import { once } from 'node:events';
import { constants } from 'node:fs';
import { chmod, mkdir, open, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { DOOR_SOCKET } from '@deckhand/protocol';

/** Of an address of a Unix socket on Linux, without the byte that ends it (unix(7)). */
const MAX_ADDRESS_BYTES = 107;

/** Connections of one container at a time; more are closed at once. */
const MAX_CONNECTIONS = 256;

/** The installation lies too deep for a socket, and the platform has no way around. */
class SocketPathError extends Error {
  override readonly name = 'SocketPathError';
}

/** A socket in a folder that containers see. */
export interface DoorSocket extends AsyncDisposable {
  /** Connections that are open. */
  readonly connections: ReadonlySet<Socket>;
  /** Takes the socket away and leaves the connections. */
  stopListening(): void;
}

/**
 * Listens in a folder that is made where it is missing, in place of a socket that an earlier host left. Every user may
 * connect who comes to the folder: those of its container, because the folder above is closed to all but ours.
 * Rejects with a sentence that says what to do when the path is too long.
 */
export async function openDoorSocket(
  folder: string,
  onConnection: (socket: Socket) => void,
  onError: (error: Error) => void,
): Promise<DoorSocket> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await chmod(dirname(folder), 0o700);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  await rm(join(folder, DOOR_SOCKET), { force: true });
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    // What breaks a connection ends it; whoever serves it hears of the end.
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const held = await listenIn(server, folder);
  server.on('error', onError);
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const stopListening = () => void (server.listening && server.close());
  return {
    connections,
    stopListening,
    async [Symbol.asyncDispose]() {
      stopListening();
      for (const socket of connections) socket.destroy();
      await closed;
      await held?.close();
    },
  };
}

/** Resolves with the open folder through which a long path is addressed; it must stay open as long as the socket. */
async function listenIn(server: Server, folder: string) {
  const path = join(folder, DOOR_SOCKET);
  if (Buffer.byteLength(path) <= MAX_ADDRESS_BYTES) {
    await listen(server, path);
    return undefined;
  }
  if (process.platform !== 'linux') {
    throw new SocketPathError(
      `${path} is too long for a socket (${MAX_ADDRESS_BYTES} bytes at most): move the installation to a shorter path.`,
    );
  }
  const held = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await listen(server, `/proc/self/fd/${held.fd}/${DOOR_SOCKET}`);
  } catch (error) {
    await held.close();
    throw error;
  }
  return held;
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen({ path, readableAll: true, writableAll: true });
  await once(server, 'listening');
}
