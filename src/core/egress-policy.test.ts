import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAuthority } from './destination.ts';
import { egressPolicyOf, mayReach } from './egress-policy.ts';
import { parseHostRule } from './host-rule.ts';

function isAllowed(rule: string, authority: string): boolean {
  const destination = parseAuthority(authority);
  if (destination === undefined) throw new Error(`${authority} is no destination`);
  const policy = egressPolicyOf({ egress: { policy: 'allowlist', hosts: [rule] } }, 'open');
  return mayReach(policy, destination);
}

test.each([
  ['example.org', 'example.org:443'],
  ['example.org', 'example.org:80'],
  ['Example.ORG.', 'eXample.org.:443'],
  ['bücher.example', 'xn--bcher-kva.example:443'],
  ['*.example.org', 'a.example.org:443'],
  ['*.example.org', 'a.b.example.org:443'],
  ['example.org:8443', 'example.org:8443'],
  ['*.example.org:22', 'a.example.org:22'],
  ['1.1.1.1', '0x01010101:443'],
  ['[2606:4700::1111]:53', '[2606:4700:0::1111]:53'],
])('the rule %s allows %s', (rule, authority) => {
  expect(isAllowed(rule, authority)).toBe(true);
});

test.each([
  ['example.org', 'a.example.org:443'],
  ['example.org', 'example.org:8080'],
  ['example.org', 'example.com:443'],
  ['example.org', 'notexample.org:443'],
  ['example.org', 'example.org.evil.test:443'],
  ['*.example.org', 'example.org:443'],
  ['*.example.org', 'badexample.org:443'],
  ['example.org:8443', 'example.org:443'],
  ['1.1.1.1', '1.1.1.2:443'],
])('the rule %s does not allow %s', (rule, authority) => {
  expect(isAllowed(rule, authority)).toBe(false);
});

test.each([
  '',
  '*',
  '*.',
  '**.example.org',
  'a.*.org',
  '*.1.1.1.1',
  '*.[::1]',
  'https://example.org',
  'example.org/path',
  'user@example.org',
  'example.org:0',
  'example.org:99999',
  'example.org:https',
  '::1',
  'exam\u202eple.org',
])('%j is no rule', (text) => {
  expect(parseHostRule(text)).toBeUndefined();
});

test('a group without a policy has the one of the installation', () => {
  expect(egressPolicyOf({}, 'model-only')).toEqual({ kind: 'model-only' });
  expect(egressPolicyOf({ egress: {} }, 'open')).toEqual({ kind: 'open' });
  expect(egressPolicyOf({ egress: { policy: 'open' } }, 'model-only')).toEqual({ kind: 'open' });
});

test('an allowlist without hosts, or with what is no rule, allows nothing', () => {
  fc.assert(
    fc.property(fc.domain(), (domain) => {
      expect(isAllowed('https://*', `${domain}:443`)).toBe(false);
    }),
  );
  expect(egressPolicyOf({}, 'allowlist')).toEqual({ kind: 'allowlist', hosts: [] });
});

test('open reaches any name, model-only none', () => {
  const destination = parseAuthority('example.org:25');
  expect(destination && mayReach({ kind: 'open' }, destination)).toBe(true);
  expect(destination && mayReach({ kind: 'model-only' }, destination)).toBe(false);
});
