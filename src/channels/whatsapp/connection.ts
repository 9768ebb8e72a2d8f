import type { Logger } from '../../logger.ts';
import { waitUnlessAborted } from '../../wait.ts';
import { BACKOFF, type Backoff, type CloseVerdict, judgeClose } from './reconnect-policy.ts';
import type { OpenSocket, SocketClose } from './socket.ts';

export interface ConnectionDeps {
  /** Starts a new connection; called again after each one has ended. */
  readonly open: () => OpenSocket;
  /** Called before each connection. False postpones connecting as a failure does. */
  readonly prepare: () => Promise<boolean>;
  /** At the start, and whenever a connection has ended that will be followed by another. */
  readonly onConnecting: () => void;
  readonly onOpen: (socket: OpenSocket) => void;
  readonly onClosed: (close: SocketClose) => void;
  readonly now: () => number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly backoff?: Backoff;
  readonly logger: Logger;
}

export type ConnectionEnd =
  | { status: 'aborted' }
  | { status: 'stopped'; code: number; reason: string; mend: string };

/** A connection that lasted this long was a good one: the next failure counts as the first. */
const STABLE_MS = 30_000;

/**
 * Keeps one connection at a time until the signal aborts or the server ends the link for good:
 * connect → (open) → closed → wait → connect. When it returns, the last socket is torn down.
 */
export async function keepConnected(
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<ConnectionEnd> {
  let failures = 0;
  deps.onConnecting();
  while (!signal.aborted) {
    const startedAt = deps.now();
    const close = await connectOnce(deps, signal);
    if (close === undefined) break;
    if (deps.now() - startedAt >= STABLE_MS) failures = 0;
    const verdict = judge(deps, close, failures);
    if (verdict.action === 'stop') {
      return { status: 'stopped', code: close.code, reason: verdict.reason, mend: verdict.mend };
    }
    failures += 1;
    deps.onConnecting();
    await waitUnlessAborted(verdict.delayMs, signal);
  }
  return { status: 'aborted' };
}

/** Undefined when the signal aborted. */
async function connectOnce(
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<SocketClose | undefined> {
  if (!(await deps.prepare())) return { code: 500, reason: 'incoming messages cannot be stored' };
  if (signal.aborted) return undefined;
  const socket = deps.open();
  socket.sock.ev.on('connection.update', ({ connection }) => {
    if (connection === 'open') deps.onOpen(socket);
  });
  const onAbort = () => void socket.close(428, 'stopping');
  signal.addEventListener('abort', onAbort, { once: true });
  const close = await socket.closed;
  signal.removeEventListener('abort', onAbort);
  deps.onClosed(close);
  return signal.aborted ? undefined : close;
}

function judge(deps: ConnectionDeps, close: SocketClose, failures: number): CloseVerdict {
  const verdict = judgeClose(close.code, failures, deps.random, deps.backoff ?? BACKOFF);
  deps.logger.info({ ...close, failures, ...verdict }, 'whatsapp connection closed');
  return verdict;
}
