import { expect, test } from 'vitest';
import { registeredGroupSchema } from '../../core/group.ts';
import type { GroupMap } from '../../core/registration.ts';
import { findTarget } from './ask-target.ts';

function groupsOf(...entries: object[]): GroupMap {
  const groups = entries.map((entry, index) =>
    registeredGroupSchema.parse({ jid: `${index}@g.us`, name: 'A', ...entry }),
  );
  return new Map(groups.map((group) => [group.jid, group]));
}
const both = groupsOf({ folder: 'family' }, { folder: 'main', isMain: true });
const family = groupsOf({ folder: 'family' });

test('a question goes to the main group', () => {
  expect(findTarget(both, {}).group).toMatchObject({ folder: 'main', isMain: true });
});

test.each(['family', '0@g.us'])('--group %s names a registered group', (group) => {
  expect(findTarget(both, { group }).group).toMatchObject({ folder: 'family' });
});

test.each([
  ['no group at all', groupsOf()],
  ['no main group', family],
])('with %s it goes to a group of the terminal, which is no main group', (_title, groups) => {
  const { group } = findTarget(groups, { provider: 'codex' });
  expect(group).toMatchObject({ folder: 'terminal', isMain: false, provider: 'codex' });
  expect(groups.has(group.jid)).toBe(false);
});

test('a registered group is never mistaken for that of the terminal', () => {
  expect(() => findTarget(groupsOf({ folder: 'terminal' }), {})).toThrow('--group');
});
