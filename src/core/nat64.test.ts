import { expect, test } from 'vitest';
import { type IpAddress, parseIpAddress } from './ip-network.ts';
import { translate, translatorsOf } from './nat64.ts';

function read(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

/** What an address stands for in a network whose `ipv4only.arpa` has these. */
function translated(text: string, known: readonly string[] = []): readonly IpAddress[] {
  return translate(read(text), translatorsOf(known.map(read)));
}

test('behind the well-known prefix is an IPv4 address in every network', () => {
  expect(translated('64:ff9b::7f00:1')).toEqual([read('127.0.0.1')]);
  expect(translated('64:ff9b::192.0.2.33')).toEqual([read('192.0.2.33')]);
});

// The examples of RFC 6052, 2.4, and the same prefixes as RFC 7050 finds them.
test.each([
  ['2001:db8:c000:aa::', '2001:db8:c000:221::'],
  ['2001:db8:1c0:0:aa::', '2001:db8:1c0:2:21::'],
  ['2001:db8:122:c000:0:aa00::', '2001:db8:122:c000:2:2100::'],
  ['2001:db8:122:3c0:0:aa::', '2001:db8:122:3c0:0:221::'],
  ['2001:db8:122:344:c0:0:aa00::', '2001:db8:122:344:c0:2:2100::'],
  ['2001:db8:122:344::192.0.0.171', '2001:db8:122:344::192.0.2.33'],
])('where ipv4only.arpa is %s, %s is 192.0.2.33', (known, address) => {
  expect(translated(address, [known])).toEqual([read('192.0.2.33')]);
});

test('an address without the prefix of a translator stands for itself', () => {
  const known = ['192.0.0.170', '2001:db8:122:344::192.0.0.170', '2001:db8::1'];
  expect(translated('2001:db8:122:345::192.0.2.33', known)).toEqual([]);
  expect(translated('64:ff9b:1::192.0.2.33', known)).toEqual([]);
  expect(translated('::ffff:192.0.2.33', known)).toEqual([]);
  expect(translated('192.0.2.33', known)).toEqual([]);
});
