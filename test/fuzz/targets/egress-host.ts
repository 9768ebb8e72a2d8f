import { BlockList, isIP } from 'node:net';
import {
  type Destination,
  parseAuthority,
  parseHttpTarget,
} from '../../../src/core/destination.ts';
import { formatHost, type Host, parseHost } from '../../../src/core/host.ts';
import { parseIpAddress } from '../../../src/core/ip-network.ts';
import { isPublicAddress } from '../../../src/core/public-address.ts';
import { splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

/** What the C library takes for an IPv4 address, which nobody may take for a name. */
const NUMERIC = /^(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}$/i;
const PRIVATE = createPrivateList();

/** Where an agent's program says that it wants to go: to a proxy, as a host, an authority or a URL. */
export const egressHostTarget: FuzzTarget = {
  name: 'egress-host',
  corpus: [
    'example.org',
    'Example.ORG.:443',
    '[2606:4700::1111]:443',
    '[::ffff:169.254.169.254]:80',
    '0x7f.1:80',
    '2130706433',
    '127.0.0.1.:80',
    'bücher.example:8443',
    'xn--bcher-kva.example',
    'http://example.org:8080/a/b?c=d#e',
    'http://user:pass@example.org/',
    'http://169.254.169.254/latest/meta-data/',
  ],
  tokens: [
    'http://',
    'https://',
    '[',
    ']',
    '::',
    ':',
    ':80',
    ':443',
    '.',
    '。',
    '．',
    '@',
    '/',
    '\\',
    '?',
    '#',
    '%',
    '%2e',
    '%5b',
    '0x7f',
    '017700000001',
    '127.0.0.1',
    '10.0.0.1',
    'ffff:',
    'fe80::1%eth0',
    'xn--',
    'localhost',
    '１２７',
    '\u00ad',
    '\u200d',
    '_',
    '-',
  ],
  maxBytes: 4_096,
  check(input) {
    const [text = ''] = splitFields(input, 1);
    const host = parseHost(text);
    if (host !== undefined) demandHost(host);
    const authority = parseAuthority(text);
    if (authority !== undefined) demandDestination(authority);
    const target = parseHttpTarget(text);
    if (target === undefined) return;
    demandDestination(target);
    demand(/^\/[!-~]*$/.test(target.path), 'a path that is no request line');
    demand(
      parseHost(target.authority.replace(/:\d+$/, ''))?.text === target.host.text,
      'a header of another host',
    );
  },
};

function demandHost(host: Host): void {
  const again = parseHost(formatHost(host));
  demand(again?.kind === host.kind && again.text === host.text, 'a host that has two spellings');
  demand(/^[a-z0-9_.:-]+$/.test(host.text), 'a host of other characters');
  const isAddress = isIP(host.text) !== 0;
  demand(
    (host.kind === 'address') === isAddress,
    'an address for a name, or a name for an address',
  );
  if (!isAddress) return demand(!NUMERIC.test(host.text), 'an address that is taken for a name');
  const family = isIP(host.text) === 4 ? 'ipv4' : 'ipv6';
  const address = parseIpAddress(host.text);
  const isPublic = address !== undefined && isPublicAddress(address);
  demand(
    !(isPublic && PRIVATE.check(host.text, family)),
    'a private address that is taken for public',
  );
}

function demandDestination({ host, port }: Destination): void {
  demandHost(host);
  demand(Number.isInteger(port) && port >= 1 && port <= 65_535, 'a port that there is not');
  const again = parseAuthority(`${formatHost(host)}:${port}`);
  demand(
    again?.host.text === host.text && again.port === port,
    'a destination that has two spellings',
  );
}

/** The networks that nobody doubts, by Node's own reckoning. */
function createPrivateList(): BlockList {
  const list = new BlockList();
  const v4 = [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ];
  const v6 = [
    '::/96',
    '64:ff9b::/96',
    'fc00::/7',
    'fe80::/10',
    'ff00::/8',
    '2001:db8::/32',
    '2002::/16',
  ];
  for (const [type, networks] of [
    ['ipv4', v4],
    ['ipv6', v6],
  ] as const) {
    for (const network of networks) {
      const [base = '', prefix] = network.split('/');
      list.addSubnet(base, Number(prefix), type);
    }
  }
  return list;
}
