import { networkInterfaces } from 'node:os';
import { type IpNetwork, parseIpNetwork } from '../core/ip-network.ts';

/**
 * The networks that this machine is part of, itself included, as they are now. With IPv6, and on rented machines, their
 * addresses are often public ones: a firewall that keeps the internet out does not keep this machine out.
 */
export function readLocalNetworks(): readonly IpNetwork[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ cidr }) => (cidr === null ? undefined : parseIpNetwork(cidr)))
    .filter((network) => network !== undefined);
}
