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
  'translated.test': { status: 'found', addresses: ['9.9.9.9', '64:ff9b::909:909'] },
  'translated-inside.test': { status: 'found', addresses: ['9.9.9.9', '64:ff9b::192.168.1.1'] },
  'translated-neighbour.test': { status: 'found', addresses: ['64:ff9b::5.6.7.9'] },
  'own-prefix.test': { status: 'found', addresses: ['9.9.9.9', 'fd64::9.9.9.9'] },
  'neighbour.test': { status: 'found', addresses: ['2a02:1234:5678:9abc::77'] },
  'broken.test': { status: 'failed' },
};

const resolveName: ResolveName = async (name) => NAMES[name] ?? { status: 'unknown' };
const networks = ['2a02:1234:5678:9abc::1/64', '5.6.7.8/24'].map(parseIpNetwork);
const deps = {
  privateHosts: parseHostRules(['nas.home:8443', '192.168.1.2:80']),
  resolveName,
  resolveOwnName: async () => ({ status: 'found' as const, addresses: ['192.168.1.9'] }),
  readLocalNetworks: () => networks.filter((network) => network !== undefined),
};

async function judge(authority: string, policy = OPEN, resolve = resolveName) {
  const destination = parseAuthority(authority);
  if (destination === undefined) throw new Error(`${authority} is no destination`);
  return judgeDestination({ ...deps, resolveName: resolve }, policy, destination, signal);
}

/** In a network whose name server says this of the name by which translators are found. */
function judgeBehind(translators: Resolution, authority: string) {
  const resolve: ResolveName = async (name, run) =>
    name === 'ipv4only.arpa' ? translators : resolveName(name, run);
  return judge(authority, OPEN, resolve);
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

test('behind the prefix of a translator the IPv4 address decides', async () => {
  expect(await judge('translated.test:443')).toEqual({
    status: 'reachable',
    addresses: ['9.9.9.9', '64:ff9b::909:909'],
  });
  const denied = { status: 'denied', reason: 'private_address' };
  expect(await judge('translated-inside.test:443')).toEqual(denied);
  expect(await judge('translated-neighbour.test:443')).toEqual(denied);
  expect(await judge('[64:ff9b::a9fe:a9fe]:80')).toEqual(denied);
});

test("so it does behind the prefix of a network's own translator", async () => {
  const denied = { status: 'denied', reason: 'private_address' };
  const publicOne: Resolution = {
    status: 'found',
    addresses: ['192.0.0.170', '2a00:64::192.0.0.170'],
  };
  expect(await judgeBehind(publicOne, '[2a00:64::10.0.0.1]:80')).toEqual(denied);
  expect(await judgeBehind(publicOne, '[2a00:64::9.9.9.9]:80')).toMatchObject({
    status: 'reachable',
  });
  expect(await judgeBehind(publicOne, 'public.test:443')).toMatchObject({ status: 'reachable' });
  expect(await judge('own-prefix.test:443')).toEqual(denied);
  const privateOne: Resolution = { status: 'found', addresses: ['fd64::192.0.0.171'] };
  expect(await judgeBehind(privateOne, 'own-prefix.test:443')).toMatchObject({
    status: 'reachable',
  });
  expect(await judgeBehind(privateOne, '[fd64::10.0.0.1]:80')).toEqual(denied);
  expect(await judgeBehind(privateOne, '[fd65::9.9.9.9]:80')).toEqual(denied);
});

test('while nobody can say what translators there are no IPv6 address is reachable', async () => {
  const nobody: Resolution = { status: 'failed' };
  expect(await judgeBehind(nobody, 'public.test:443')).toEqual({ status: 'lookup_failed' });
  expect(await judgeBehind(nobody, '[fd64::9.9.9.9]:80')).toMatchObject({ status: 'denied' });
  expect(await judgeBehind(nobody, '9.9.9.9:443')).toMatchObject({ status: 'reachable' });
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
