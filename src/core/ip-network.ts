/** An address as a number, so that it has one spelling only. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** The addresses whose first `prefix` bits are those of `base`. */
export interface IpNetwork {
  readonly base: IpAddress;
  readonly prefix: number;
}

const IPV4 = /^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/;
const IPV6 = /^[0-9a-f:.]{2,45}$/i;

/**
 * Reads an address as a resolver writes it: four decimal numbers, or IPv6 without brackets. Undefined for everything
 * else, an address with a zone too.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (IPV4.test(text)) return parseIpv4(text);
  return IPV6.test(text) && text.includes(':') ? parseIpv6(text) : undefined;
}

function parseIpv4(text: string): IpAddress | undefined {
  // A leading zero means octal to some and nothing to others.
  const parts = text.split('.');
  if (parts.some((part) => Number(part) > 255 || /^0./.test(part))) return undefined;
  return { family: 4, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
}

function parseIpv6(text: string): IpAddress | undefined {
  const url = `http://[${text}]/`;
  if (!URL.canParse(url)) return undefined;
  // The URL standard writes groups of hexadecimal digits and at most one `::`.
  const [left = '', right] = new URL(url).hostname.slice(1, -1).split('::');
  const head = groupsOf(left);
  const tail = groupsOf(right ?? '');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  const groups = [...head, ...zeros, ...tail];
  return { family: 6, value: groups.reduce((sum, group) => (sum << 16n) | group, 0n) };
}

function groupsOf(text: string): bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}

/** Reads `192.0.2.0/24`; bits beyond the prefix are ignored. */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [, address = '', digits = ''] = /^(.+)\/([0-9]{1,3})$/.exec(text) ?? [];
  const base = parseIpAddress(address);
  if (base === undefined || digits === '' || Number(digits) > bitsOf(base)) return undefined;
  return { base, prefix: Number(digits) };
}

/** An address of one family is in no network of the other. */
export function isInNetwork({ family, value }: IpAddress, { base, prefix }: IpNetwork): boolean {
  const rest = BigInt(bitsOf(base) - prefix);
  return family === base.family && value >> rest === base.value >> rest;
}

function bitsOf({ family }: IpAddress): 32 | 128 {
  return family === 4 ? 32 : 128;
}
