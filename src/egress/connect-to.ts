import { once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { connect, isIPv6, type Socket } from 'node:net';

export interface ConnectTarget {
  /** Judged before. The first that answers is taken. */
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Nothing at these addresses has accepted a connection in time, or it was refused. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly isTimeout: boolean;

  constructor(cause: unknown, isTimeout: boolean) {
    super('no connection to the destination', { cause });
    this.isTimeout = isTimeout;
  }
}

/** For each address but the last; Node's own 250 ms would give up far servers. */
const ATTEMPT_MS = 2_000;

/**
 * Opens a connection to one of the addresses and to nothing else: no name is looked up here, so what a name server
 * says by now does not matter. Rejects with UnreachableError, after an abort too.
 */
export async function connectTo(
  { addresses, port }: ConnectTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const limit = AbortSignal.timeout(timeoutMs);
  // The name is never resolved: `lookup` answers with what was judged.
  const socket = connect({
    host: 'judged.invalid',
    port,
    lookup: giveOnly(addresses),
    allowHalfOpen: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
  });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, limit]) });
    return socket;
  } catch (error) {
    // What it says from here on is the same news once more.
    socket.on('error', () => undefined);
    socket.destroy();
    throw new UnreachableError(error, limit.aborted);
  }
}

function giveOnly(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_name, { all }, done) => {
    const [first] = found;
    if (all === true) done(null, found);
    else done(null, first?.address ?? '', first?.family ?? 0);
  };
}
