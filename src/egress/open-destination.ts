import type { Socket } from 'node:net';
import type { Destination } from '../core/destination.ts';
import type { OutsideRequest } from '../ports.ts';
import { connectTo, UnreachableError } from './connect-to.ts';
import { type JudgeDeps, judgeDestination } from './judge-destination.ts';
import { type Refusal, refusalOf, unreachable } from './refusal.ts';

export type OpenedDestination =
  | { readonly status: 'open'; readonly server: Socket }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** Judges where a client wants to go and connects to it; what was opened closes with the client's connection. */
export async function openDestination(
  deps: JudgeDeps & { readonly connectTimeoutMs: number },
  { socket: client, policy, signal, onDenied }: OutsideRequest,
  destination: Destination,
): Promise<OpenedDestination> {
  const judgement = await judgeDestination(deps, policy(), destination, signal);
  if (judgement.status !== 'reachable') {
    if (judgement.status === 'denied') {
      const { host, port } = destination;
      onDenied({ host: host.text, port, reason: judgement.reason });
    }
    return { status: 'refused', refusal: refusalOf(judgement, destination) };
  }
  try {
    const { addresses } = judgement;
    const target = { addresses, port: destination.port };
    const server = await connectTo(target, deps.connectTimeoutMs, signal);
    closeWith(server, client);
    return { status: 'open', server };
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return { status: 'refused', refusal: unreachable(destination, error.isTimeout) };
  }
}

/** The client may have gone while the connection was being opened. */
function closeWith(server: Socket, client: OutsideRequest['socket']): void {
  const close = () => server.destroy();
  client.once('close', close);
  server.once('close', () => client.off('close', close));
  if (client.destroyed) close();
}
