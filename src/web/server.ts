import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { isErrno } from '../errno.ts';

/** Connections in all; more are closed at once. */
const MAX_CONNECTIONS = 128;

/** A connection on which no whole request comes gives its place back. */
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How often that is looked at. */
const LOOK_EVERY_MS = 1_000;

/** For answers that are being written when the server ends. */
const GRACE_MS = 500;

const LOOPBACK = '127.0.0.1';

/** The message says what to do. */
class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(reason: string, cause: unknown) {
    super(`${reason} Choose another one for the console with --console-port.`, { cause });
  }
}

export interface WebServer extends AsyncDisposable {
  readonly port: number;
}

/** Listens on loopback alone; 0 takes a free port. Rejects with PortTakenError. */
export async function listen(app: Hono, port: number): Promise<WebServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: LOOPBACK,
    // The rest of the host uses Node's own.
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
    },
  }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw explain(error, port);
  }
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(force);
    },
  };
}

function explain(error: unknown, port: number): unknown {
  if (isErrno(error, 'EADDRINUSE')) {
    return new PortTakenError(`Port ${port} is taken by another program.`, error);
  }
  if (isErrno(error, 'EACCES')) {
    return new PortTakenError(`Port ${port} is only for the administrator.`, error);
  }
  return error;
}
