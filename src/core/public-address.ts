import { type IpAddress, type IpNetwork, isInNetwork, parseIpNetwork } from './ip-network.ts';

/**
 * IPv4 networks that are not the internet's: the IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast
 * (RFC 5771) and what is reserved. The metadata addresses of clouds are in 169.254.0.0/16 and 100.64.0.0/10, but for
 * Azure's 168.63.129.16.
 */
const NOT_PUBLIC_IPV4 = networksOf(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
);

/** All that is routed on the internet (RFC 4291); mapped, local, link-local and multicast addresses are outside. */
const GLOBAL_IPV6 = networksOf('2000::/3');

/** Of those, what the IANA IPv6 Special-Purpose Address Registry takes out, tunnels into IPv4 too. */
const NOT_PUBLIC_IPV6 = networksOf(
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
);

/** Whether an address is one of the internet's, as it stands: what a translator would make of it is not asked. */
export function isPublicAddress(address: IpAddress): boolean {
  if (address.family === 4) return !isInAny(address, NOT_PUBLIC_IPV4);
  return isInAny(address, GLOBAL_IPV6) && !isInAny(address, NOT_PUBLIC_IPV6);
}

/** Whether an address is in one of the networks. */
export function isInAny(address: IpAddress, networks: readonly IpNetwork[]): boolean {
  return networks.some((network) => isInNetwork(address, network));
}

function networksOf(...texts: readonly string[]): readonly IpNetwork[] {
  return texts.map((text) => {
    const network = parseIpNetwork(text);
    if (network === undefined) throw new Error(`${text} is no network`);
    return network;
  });
}
