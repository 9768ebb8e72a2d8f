import { parseAuthority } from '../../../src/core/destination.ts';
import type { HostRule } from '../../../src/core/egress.ts';
import { formatHost, parseHost } from '../../../src/core/host.ts';
import { isSameRule, matchesRule, parseHostRule } from '../../../src/core/host-rule.ts';
import { parsePrivateHosts } from '../../../src/core/private-hosts.ts';
import { joinFields, splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

/** An entry of an allowlist, and a destination that somebody wants to reach past it. */
export const egressRuleTarget: FuzzTarget = {
  name: 'egress-rule',
  corpus: [
    joinFields('example.org', 'example.org:443'),
    joinFields('*.example.org', 'www.example.org:80'),
    joinFields('*.example.org:8443', 'evil-example.org:8443'),
    joinFields('Bücher.example.', 'xn--bcher-kva.example:443'),
    joinFields('[2606:4700::1111]:443', '[2606:4700:0::1111]:443'),
    joinFields('nas.home:8443, 192.168.1.2:80', '192.168.1.2:80'),
    joinFields('*.1', '0.0.0.1:80'),
  ],
  tokens: [
    '*',
    '*.',
    '**',
    '.',
    'example.org',
    ':443',
    ':80',
    ':0',
    ':65536',
    '[',
    ']',
    '::1',
    ',',
    ' ',
    '\x1e',
    'org',
    'com',
    '/',
    '@',
    'xn--',
    '。',
    '127.1',
  ],
  maxBytes: 2_048,
  check(input) {
    const [entry = '', wanted = ''] = splitFields(input, 2);
    const privates = parsePrivateHosts(entry);
    demand(privates?.every(({ port }) => port !== undefined) ?? true, 'a service without its port');
    demand(!privates?.some(({ isSubdomains }) => isSubdomains), 'a service of any name');
    const rule = parseHostRule(entry);
    if (rule === undefined) return;
    demandSpelling(entry, rule);
    const destination = parseAuthority(wanted);
    if (destination !== undefined && matchesRule(destination, rule)) {
      const { host, port } = destination;
      const ports = rule.port === undefined ? [80, 443] : [rule.port];
      demand(ports.includes(port), 'a port that nobody named');
      const isBelow = host.kind === 'name' && host.text.endsWith(`.${rule.name}`);
      demand(rule.isSubdomains ? isBelow : host.text === rule.name, 'a host that nobody named');
    }
  },
};

function demandSpelling(entry: string, rule: HostRule): void {
  const host = parseHost(rule.name.includes(':') ? `[${rule.name}]` : rule.name);
  demand(host !== undefined, 'a rule for no host');
  const port = rule.port === undefined ? '' : `:${rule.port}`;
  const plain = `${rule.isSubdomains ? '*.' : ''}${formatHost(host)}${port}`;
  demand(isSameRule(plain, entry), 'a rule that has two spellings');
  const exact = { host, port: rule.port ?? 443 };
  demand(
    matchesRule(exact, rule) !== rule.isSubdomains,
    'the name itself is taken for its subdomain',
  );
  const near = parseHost(`evil${rule.name}`);
  if (near?.kind === 'name')
    demand(!matchesRule({ ...exact, host: near }, rule), 'a name that only ends alike');
}
