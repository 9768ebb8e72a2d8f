import type { Destination } from '../core/destination.ts';
import type { EgressDenialReason, EgressPolicy, HostRule } from '../core/egress.ts';
import { mayReach } from '../core/egress-policy.ts';
import { matchesRule } from '../core/host-rule.ts';
import { type IpNetwork, parseIpAddress } from '../core/ip-network.ts';
import { isInAny, isPublicAddress } from '../core/public-address.ts';
import type { Resolution, ResolveName } from './resolve-name.ts';

export interface JudgeDeps {
  /** Services of the owner that groups may reach although their addresses are not public. */
  readonly privateHosts: readonly HostRule[];
  readonly resolveName: ResolveName;
  /** For names among `privateHosts`. */
  readonly resolveOwnName: ResolveName;
  readonly readLocalNetworks: () => readonly IpNetwork[];
}

/** `reachable`: only these addresses were judged, so connect to one of them and ask for no others. */
export type Judgement =
  | { readonly status: 'reachable'; readonly addresses: readonly string[] }
  | { readonly status: 'denied'; readonly reason: EgressDenialReason }
  | { readonly status: 'unknown_name' }
  | { readonly status: 'lookup_failed' };

/** Whether a group may go where it wants. A name that leads to one address too many is refused as a whole. */
export async function judgeDestination(
  deps: JudgeDeps,
  policy: EgressPolicy,
  destination: Destination,
  signal: AbortSignal,
): Promise<Judgement> {
  if (!mayReach(policy, destination)) return { status: 'denied', reason: 'policy' };
  const isOwn = deps.privateHosts.some((rule) => matchesRule(destination, rule));
  const resolution = await findAddresses(deps, destination, isOwn, signal);
  switch (resolution.status) {
    case 'unknown':
      return { status: 'unknown_name' };
    case 'failed':
      return { status: 'lookup_failed' };
    case 'found':
      break;
    default:
      return resolution satisfies never;
  }
  const { addresses } = resolution;
  const local = isOwn ? [] : deps.readLocalNetworks();
  const isPrivate = !isOwn && addresses.some((one) => !isOutside(one, local));
  return isPrivate
    ? { status: 'denied', reason: 'private_address' }
    : { status: 'reachable', addresses };
}

async function findAddresses(
  deps: JudgeDeps,
  { host }: Destination,
  isOwn: boolean,
  signal: AbortSignal,
): Promise<Resolution> {
  if (host.kind === 'address') return { status: 'found', addresses: [host.text] };
  return (isOwn ? deps.resolveOwnName : deps.resolveName)(host.text, signal);
}

function isOutside(text: string, localNetworks: readonly IpNetwork[]): boolean {
  const address = parseIpAddress(text);
  return address !== undefined && isPublicAddress(text) && !isInAny(address, localNetworks);
}
