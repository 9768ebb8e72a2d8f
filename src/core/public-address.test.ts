import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHost } from './host.ts';
import { parseIpAddress } from './ip-network.ts';
import { isPublicAddress } from './public-address.ts';

function isPublic(text: string): boolean {
  const address = parseIpAddress(text);
  return address !== undefined && isPublicAddress(address);
}

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.255.255',
  '198.19.0.1',
  '203.0.113.7',
  '224.0.0.251',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:8.8.8.8',
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  '',
  'localhost',
  '8.8.8',
  '08.8.8.8',
  '8.8.8.256',
  '2606:4700::1111::1',
])('%s is no public address', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:82a::200e',
  '2001:4860:4860::8888',
])('%s is a public address', (address) => {
  expect(isPublic(address)).toBe(true);
});

/** Networks whose every address must stay out of reach, as first number and size. */
const PRIVATE_IPV4: [first: number, size: number][] = [
  [0x0a000000, 2 ** 24],
  [0x7f000000, 2 ** 24],
  [0xac100000, 2 ** 20],
  [0xc0a80000, 2 ** 16],
  [0xa9fe0000, 2 ** 16],
  [0x64400000, 2 ** 22],
  [0xe0000000, 2 ** 29],
];

const privateIpv4 = fc
  .constantFrom(...PRIVATE_IPV4)
  .chain(([first, size]) => fc.nat(size - 1).map((offset) => first + offset));

type Spelling = (bytes: readonly number[], value: number) => string;

const number = (value: number, base: number): string => {
  if (base === 8) return `0${value.toString(8)}`;
  return base === 16 ? `0x${value.toString(16)}` : value.toString();
};

/** One to four parts, each in any base, as inet_aton reads them; the last one takes the bytes that are left. */
const spellings: Spelling[] = [8, 10, 16].flatMap((base) => [
  ([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d].map((byte) => number(byte, base)).join('.'),
  ([a = 0, b = 0, c = 0, d = 0]) => [a, b, c * 256 + d].map((part) => number(part, base)).join('.'),
  ([a = 0, ...rest]) =>
    [a, rest.reduce((sum, byte) => sum * 256 + byte, 0)]
      .map((part) => number(part, base))
      .join('.'),
  (_bytes, value) => number(value, base),
]);

const fullWidth = (text: string) =>
  text.replace(/[0-9.]/g, (char) => String.fromCodePoint(char.charCodeAt(0) + 0xfee0));

test('a private IPv4 address is private in every spelling', () => {
  const disguise = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `${text}.`,
    (text) => text.toUpperCase(),
    fullWidth,
  );
  fc.assert(
    fc.property(privateIpv4, fc.constantFrom(...spellings), disguise, (value, spell, hide) => {
      const bytes = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
      const host = parseHost(hide(spell(bytes, value)));
      expect(host).toEqual({ kind: 'address', text: bytes.join('.') });
      expect(isPublic(host?.text ?? '')).toBe(false);
    }),
  );
});

test('a private IPv4 address inside an IPv6 one is private in every spelling', () => {
  const prefix = fc.constantFrom('::ffff:', '::', '64:ff9b::', '0:0:0:0:0:FFFF:', '::ffff:0:');
  fc.assert(
    fc.property(privateIpv4, prefix, fc.boolean(), (value, before, isDotted) => {
      const [high, low] = [value >>> 16, value & 0xffff];
      const bytes = [high >>> 8, high & 255, low >>> 8, low & 255];
      const inside = isDotted ? bytes.join('.') : `${high.toString(16)}:${low.toString(16)}`;
      const host = parseHost(`[${before}${inside}]`);
      expect(host?.kind).toBe('address');
      expect(isPublic(host?.text ?? '')).toBe(false);
    }),
  );
});

test('local IPv6 addresses are private whatever follows their prefix', () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const rest = fc.array(group, { minLength: 7, maxLength: 7 });
  const first = fc.constantFrom('fc00', 'fd12', 'fe80', 'febf', 'fec0', 'ff02', '0');
  fc.assert(
    fc.property(first, rest, (head, tail) => {
      expect(isPublic([head, ...tail].join(':'))).toBe(false);
    }),
  );
});

test('whatever text it is, a private answer or a public one is given without an error', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isPublic(text) === 'boolean'));
});
