import { expect, test } from 'vitest';
import { parseAuthority } from '../core/destination.ts';
import type { EgressPolicy } from '../core/egress.ts';
import { parseHostRules } from '../core/egress-policy.ts';
import { parseIpNetwork } from '../core/ip-network.ts';
import { judgeDestination } from './judge-destination.ts';
import type { Resolution, ResolveName } from './resolve-name.ts';

const OPEN: EgressPolicy = { kind: 'open' };
const { signal } = new AbortController();

const NAMES: Readonly<Record<string, Resolution>> = {
  'public.test': { status: 'found', addresses: ['9.9.9.9', '2620:fe::fe'] },
  'inside.test': { status: 'found', addresses: ['192.168.1.1'] },
  'mixed.test': { status: 'found', addresses: ['9.9.9.9', '127.0.0.1'] },
  'mapped.test': { status: 'found', addresses: ['::ffff:10.0.0.1'] },
  'neighbour.test': { status: 'found', addresses: ['2a02:1234:5678:9abc::77'] },
  'broken.test': { status: 'failed' },
};

const resolveName: ResolveName = async (name) => NAMES[name] ?? { status: 'unknown' };
const network = parseIpNetwork('2a02:1234:5678:9abc::1/64');
const deps = {
  privateHosts: parseHostRules(['nas.home:8443', '192.168.1.2:80']),
  resolveName,
  resolveOwnName: async () => ({ status: 'found' as const, addresses: ['192.168.1.9'] }),
  readLocalNetworks: () => (network === undefined ? [] : [network]),
};

async function judge(authority: string, policy = OPEN) {
  const destination = parseAuthority(authority);
  if (destination === undefined) throw new Error(`${authority} is no destination`);
  return judgeDestination(deps, policy, destination, signal);
}

test('a name on the internet is reachable at the addresses that were judged', async () => {
  expect(await judge('public.test:443')).toEqual({
    status: 'reachable',
    addresses: ['9.9.9.9', '2620:fe::fe'],
  });
});

test.each([
  'inside.test:443',
  'mixed.test:443',
  'mapped.test:443',
  '127.0.0.1:443',
  '0x7f.1:443',
  '[::1]:443',
  '[::ffff:127.0.0.1]:443',
  '169.254.169.254:80',
  '[fd00:ec2::254]:80',
])('%s is not on the internet', async (authority) => {
  expect(await judge(authority)).toEqual({ status: 'denied', reason: 'private_address' });
});

test("a neighbour in this machine's own network is refused although its address is public", async () => {
  expect(await judge('neighbour.test:443')).toEqual({
    status: 'denied',
    reason: 'private_address',
  });
  expect(await judge('[2a02:1234:5678:9abc::1]:22')).toMatchObject({ status: 'denied' });
  expect(await judge('[2a02:1234:5678:9abd::1]:22')).toMatchObject({ status: 'reachable' });
});

test("the owner's services are reachable at their port, under open", async () => {
  expect(await judge('nas.home:8443')).toEqual({ status: 'reachable', addresses: ['192.168.1.9'] });
  expect(await judge('192.168.1.2:80')).toMatchObject({ status: 'reachable' });
  expect(await judge('192.168.1.2:22')).toMatchObject({ status: 'denied' });
  expect(await judge('nas.home:22')).toMatchObject({ status: 'unknown_name' });
});

test("an allowlist must name the owner's services too", async () => {
  const other: EgressPolicy = { kind: 'allowlist', hosts: parseHostRules(['public.test']) };
  expect(await judge('nas.home:8443', other)).toEqual({ status: 'denied', reason: 'policy' });
  const named: EgressPolicy = { kind: 'allowlist', hosts: parseHostRules(['nas.home:8443']) };
  expect(await judge('nas.home:8443', named)).toMatchObject({ status: 'reachable' });
});

test('naming a private address in an allowlist does not make it reachable', async () => {
  const policy: EgressPolicy = {
    kind: 'allowlist',
    hosts: parseHostRules(['inside.test', '10.0.0.1']),
  };
  expect(await judge('inside.test:443', policy)).toEqual({
    status: 'denied',
    reason: 'private_address',
  });
  expect(await judge('10.0.0.1:443', policy)).toEqual({
    status: 'denied',
    reason: 'private_address',
  });
});

test('with the model alone nothing is reachable, and no name server is asked', async () => {
  expect(await judge('broken.test:443', { kind: 'model-only' })).toEqual({
    status: 'denied',
    reason: 'policy',
  });
});

test('a name that does not exist, or that nobody could say, is no denial', async () => {
  expect(await judge('nothing.test:443')).toEqual({ status: 'unknown_name' });
  expect(await judge('broken.test:443')).toEqual({ status: 'lookup_failed' });
});
