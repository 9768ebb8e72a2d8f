import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { parseIpAddress } from '../core/ip-network.ts';
import { isInAny } from '../core/public-address.ts';
import { readLocalNetworks } from './local-networks.ts';

test('every address of this machine is in its networks', () => {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  expect(own.length).toBeGreaterThan(0);
  for (const { address } of own) {
    const parsed = parseIpAddress(address.replace(/%.*$/, ''));
    expect(parsed && isInAny(parsed, readLocalNetworks())).toBe(true);
  }
});
