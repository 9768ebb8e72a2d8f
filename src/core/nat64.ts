import { type IpAddress, type IpNetwork, isInNetwork, parseIpNetwork } from './ip-network.ts';

/**
 * What translators between IPv6 and IPv4 mean by an address (RFC 6052): behind such a prefix is an IPv4 address, and
 * that is where a connection ends.
 */
const PREFIX_LENGTHS = [96, 64, 56, 48, 40, 32];
/** 192.0.0.170 and 192.0.0.171, which are all that a network without translators knows of `ipv4only.arpa` (RFC 7050). */
const KNOWN_IPV4: readonly bigint[] = [0xc0_00_00_aan, 0xc0_00_00_abn];
const WELL_KNOWN = parseIpNetwork('64:ff9b::/96');

/** The prefixes of translators, the well-known one among them, by the IPv6 addresses that `ipv4only.arpa` has here. */
export function translatorsOf(addresses: readonly IpAddress[]): readonly IpNetwork[] {
  const found = addresses
    .filter(({ family }) => family === 6)
    .flatMap((base) => PREFIX_LENGTHS.map((prefix) => ({ base, prefix })))
    .filter(({ base, prefix }) => KNOWN_IPV4.includes(ipv4Behind(base, prefix)));
  return WELL_KNOWN === undefined ? found : [WELL_KNOWN, ...found];
}

/** The IPv4 address that an address stands for, by each of the prefixes that it has; nothing when it has none. */
export function translate(
  address: IpAddress,
  translators: readonly IpNetwork[],
): readonly IpAddress[] {
  return translators
    .filter((translator) => isInNetwork(address, translator))
    .map(({ prefix }) => ({ family: 4, value: ipv4Behind(address, prefix) }));
}

/** RFC 6052, 2.2: right after the prefix, but for the eight bits after the 64th, which are skipped. */
function ipv4Behind({ value }: IpAddress, prefix: number): bigint {
  if (prefix === 96) return BigInt.asUintN(32, value);
  const withoutSkipped = ((value >> 64n) << 56n) | BigInt.asUintN(56, value);
  return BigInt.asUintN(32, withoutSkipped >> BigInt(120 - 32 - prefix));
}
