import { expect, test } from 'vitest';
import { terminalGroup } from '../../core/ask/terminal-group.ts';
import type { DenialFacts } from '../../core/story/facts.ts';
import { describeDenied } from './describe-denied.ts';

const DENIED: DenialFacts = { host: 'example.org', port: 443, reason: 'policy', count: 1 };
const group = terminalGroup('claude');
const registered = new Map([[group.jid, group]]);

test('an agent that was denied nothing is not spoken of', () => {
  expect(describeDenied([], group, registered)).toBeUndefined();
});

test('what an agent was denied is one line with what a person can do about it', () => {
  expect(describeDenied([DENIED], group, registered)).toBe(
    'denied: example.org:443, not allowed by the egress policy of its group; ' +
      '`deckhand groups set terminal --allow-host <host>` allows one',
  );
});

test('a group that is not registered has the policy of the installation', () => {
  expect(describeDenied([DENIED], group, new Map())).toContain('EGRESS in .env');
  const own: DenialFacts = { host: '10.0.0.1', port: 80, reason: 'private_address', count: 3 };
  expect(describeDenied([own], group, new Map())).toBe(
    'denied: 10.0.0.1:80 (at least 3 times), not on the internet',
  );
});
