import type { Socket } from 'node:net';
import type { Destination } from '../core/destination.ts';
import { mayReach } from '../core/egress-policy.ts';
import type { OutsideRequest } from '../ports.ts';
import { connectTo, UnreachableError } from './connect-to.ts';
import { type JudgeDeps, judgeDestination } from './judge-destination.ts';
import { type Refusal, refusalOf, unreachable } from './refusal.ts';

export type OpenedDestination =
  | { readonly status: 'open'; readonly server: Socket }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/**
 * Judges where a client wants to go and connects to it; what was opened closes with the client's connection, and both
 * do when the policy is changed to one that does not allow it.
 */
export async function openDestination(
  deps: JudgeDeps & { readonly connectTimeoutMs: number },
  request: OutsideRequest,
  destination: Destination,
): Promise<OpenedDestination> {
  using held = new DisposableStack();
  held.use(holdToPolicy(request, destination));
  const opened = await judgeAndConnect(deps, request, destination);
  if (opened.status === 'open') {
    const kept = held.move();
    opened.server.once('close', () => kept.dispose());
  }
  return opened;
}

/** From before the judgement on: a person may change the policy while a connection is being opened. */
function holdToPolicy(
  { socket, policy, onDenied, onPolicyChange }: OutsideRequest,
  destination: Destination,
): Disposable {
  return onPolicyChange(() => {
    if (socket.destroyed || mayReach(policy(), destination)) return;
    onDenied({ host: destination.host.text, port: destination.port, reason: 'policy' });
    socket.destroy();
  });
}

async function judgeAndConnect(
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
