import { expect, test } from 'vitest';
import { TERMINAL_FOLDER } from '../core/ask/terminal-group.ts';
import { egressPolicyOf } from '../core/egress-policy.ts';
import { registeredGroupSchema } from '../core/group.ts';
import { findAskedGroup } from './asked-group.ts';

const closed = registeredGroupSchema.parse({
  jid: '1@g.us',
  name: 'Closed',
  folder: TERMINAL_FOLDER,
  egress: { policy: 'model-only' },
});

test('who asks where no group is registered may reach what the installation says', () => {
  const group = findAskedGroup(new Map(), TERMINAL_FOLDER);
  expect(group && egressPolicyOf(group, 'open')).toEqual({ kind: 'open' });
});

test('a registered group has what it says itself, and one that is not registered is none', () => {
  const groups = new Map([[closed.jid, closed]]);
  expect(findAskedGroup(groups, TERMINAL_FOLDER)).toBe(closed);
  expect(findAskedGroup(groups, 'family')).toBeUndefined();
});
