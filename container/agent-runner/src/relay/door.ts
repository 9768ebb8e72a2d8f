import { existsSync, type FSWatcher, watch } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { DOOR_FOLDER, DOOR_FOLDER_ENV, DOOR_SOCKET } from '@deckhand/protocol';
import { errorCode } from '../bounded-file.ts';

/** For file systems that tell of no changes, and for the moment between a socket's name and its first listener. */
const SWEEP_MS = 200;

/** What a host that is being replaced looks like from inside. */
const ABSENT_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED']);

export interface Door {
  readonly folder: string;
  /** A runtime without containers shares the machine's ports with others, so none of them is a fixed one. */
  readonly hasOwnPorts: boolean;
}

/** Where the host's socket is to be looked for; undefined where the agent has a network instead. */
export function findDoor(env: Readonly<Record<string, string | undefined>>): Door | undefined {
  const moved = env[DOOR_FOLDER_ENV];
  const folder = moved ?? DOOR_FOLDER;
  return existsSync(folder) ? { folder, hasOwnPorts: moved === undefined } : undefined;
}

/**
 * Connects to the host. While it does not listen, because the next host is about to take over, this waits and tries
 * again until the signal aborts, which ends in undefined. Rejects when the socket cannot be used at all.
 */
export async function connectToHost(
  folder: string,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  const path = join(folder, DOOR_SOCKET);
  while (!signal.aborted) {
    const socket = await connectOnce(path);
    if (socket && !signal.aborted) return socket;
    socket?.destroy();
    await waitForChange(folder, signal);
  }
  return undefined;
}

async function connectOnce(path: string): Promise<Socket | undefined> {
  const connected = Promise.withResolvers<Socket | undefined>();
  const socket = createConnection({ path, allowHalfOpen: true });
  const fail = (error: Error) => {
    if (ABSENT_CODES.has(errorCode(error) ?? '')) connected.resolve(undefined);
    else connected.reject(new Error(`cannot reach the host at ${path}`, { cause: error }));
  };
  socket.once('error', fail);
  socket.once('connect', () => {
    socket.off('error', fail);
    connected.resolve(socket);
  });
  return await connected.promise;
}

/** Resolves with the next change in the folder, after a moment without one, or when the signal aborts. */
async function waitForChange(folder: string, signal: AbortSignal): Promise<void> {
  const changed = Promise.withResolvers<void>();
  const done = () => changed.resolve();
  const timer = setTimeout(done, SWEEP_MS);
  signal.addEventListener('abort', done, { once: true });
  const watcher = watchFolder(folder, done);
  await changed.promise;
  watcher?.close();
  signal.removeEventListener('abort', done);
  clearTimeout(timer);
}

/** Undefined where it cannot be watched; the sweep is enough then. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onChange).on('error', onChange);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
