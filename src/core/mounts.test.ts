import { expect, test } from 'vitest';
import { type MountSubject, planGroupMounts } from './mounts.ts';

const sources = {
  group: '/d/groups/team',
  ipc: '/d/data/ipc/team',
  codexHome: '/d/data/codex/team/.codex',
  claudeHome: '/d/data/claude/team/.claude',
  globalMemory: '/d/groups/CLAUDE.md',
  project: { src: '/p/src', 'package.json': '/p/package.json' },
};
const subject: MountSubject = { isMain: false, approvalPolicy: 'auto' };

test('a group sees its own folders at the known places and what persons write read-only', () => {
  expect(planGroupMounts(subject, sources)).toEqual([
    { source: '/d/groups/team', target: '/workspace/group', isReadOnly: false },
    { source: '/d/data/ipc/team', target: '/workspace/ipc', isReadOnly: false },
    { source: '/d/data/codex/team/.codex', target: '/home/node/.codex', isReadOnly: true },
    { source: '/d/data/claude/team/.claude', target: '/home/node/.claude', isReadOnly: false },
    { source: '/d/groups/CLAUDE.md', target: '/workspace/global/CLAUDE.md', isReadOnly: true },
  ]);
});

test('only the main group sees the project, and only to read', () => {
  const targets = (isMain: boolean) =>
    planGroupMounts({ ...subject, isMain }, sources).filter((m) => m.target.includes('/project'));
  expect(targets(false)).toEqual([]);
  expect(targets(true)).toEqual([
    { source: '/p/src', target: '/workspace/project/src', isReadOnly: true },
    { source: '/p/package.json', target: '/workspace/project/package.json', isReadOnly: true },
  ]);
});

test.each([
  ['readonly', true],
  ['auto', false],
  ['full', false],
] as const)('the workspace under %s is read-only: %s', (approvalPolicy, expected) => {
  const mounts = planGroupMounts({ isMain: false, approvalPolicy }, sources);
  expect(mounts.find((m) => m.target === '/workspace/group')?.isReadOnly).toBe(expected);
});
