import type { Destination } from '../core/destination.ts';
import type { EgressDenialReason, EgressPolicy, HostRule } from '../core/egress.ts';
import { mayReach } from '../core/egress-policy.ts';
import { matchesRule } from '../core/host-rule.ts';
import { type IpAddress, type IpNetwork, parseIpAddress } from '../core/ip-network.ts';
import { translate, translatorsOf } from '../core/nat64.ts';
import { isInAny, isPublicAddress } from '../core/public-address.ts';
import type { Resolution, ResolveName } from './resolve-name.ts';

/** Has IPv6 addresses where the name servers make them up, with the prefix of the network's translator (RFC 7050). */
const NAME_OF_TRANSLATORS = 'ipv4only.arpa';

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
      return isOwn
        ? { status: 'reachable', addresses: resolution.addresses }
        : judgeAddresses(deps, resolution.addresses, signal);
    default:
      return resolution satisfies never;
  }
}

async function judgeAddresses(
  deps: JudgeDeps,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Judgement> {
  const translators = await findTranslators(deps, addresses, signal);
  const surroundings = { local: deps.readLocalNetworks(), translators: translators ?? [] };
  if (addresses.some((one) => !isOutside(parseIpAddress(one), surroundings))) {
    return { status: 'denied', reason: 'private_address' };
  }
  return translators === undefined
    ? { status: 'lookup_failed' }
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

/** Those that may be behind one of the addresses. Undefined when nobody could say. */
async function findTranslators(
  { resolveName }: JudgeDeps,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<readonly IpNetwork[] | undefined> {
  if (addresses.every((one) => parseIpAddress(one)?.family === 4)) return [];
  const resolution = await resolveName(NAME_OF_TRANSLATORS, signal);
  if (resolution.status === 'failed') return undefined;
  const known = resolution.status === 'found' ? resolution.addresses.map(parseIpAddress) : [];
  return translatorsOf(known.filter((address) => address !== undefined));
}

interface Surroundings {
  readonly local: readonly IpNetwork[];
  readonly translators: readonly IpNetwork[];
}

function isOutside(address: IpAddress | undefined, surroundings: Surroundings): boolean {
  if (address === undefined || isInAny(address, surroundings.local)) return false;
  const behind = translate(address, surroundings.translators);
  return behind.length === 0
    ? isPublicAddress(address)
    : behind.every((one) => isOutside(one, surroundings));
}
