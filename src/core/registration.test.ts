import { describe, expect, it } from 'vitest';
import { checkRegistrations, compareRegistrations, type GroupMap } from './registration.ts';

const FAMILY = '120363001@g.us';
const WORK = '120363002@g.us';

function groupsOf(value: unknown): GroupMap {
  const check = checkRegistrations(value);
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return check.groups;
}

function problemsOf(value: unknown): Record<string, string> {
  const check = checkRegistrations(value);
  if (check.ok) throw new Error('expected problems');
  return Object.fromEntries(check.problems.map(({ path, message }) => [path, message]));
}

describe('checkRegistrations', () => {
  it('loads a file of NanoClaw v1 as claude groups and takes its folder main for the main group', () => {
    const groups = groupsOf({
      [FAMILY]: {
        name: 'Family Chat',
        folder: 'family-chat',
        trigger: '@Andy',
        added_at: '2026-01-31T12:00:00.000Z',
        requiresTrigger: true,
        containerConfig: {
          additionalMounts: [{ hostPath: '~/photos', containerPath: 'photos', readonly: true }],
          timeout: 600_000,
        },
      },
      '4915112345@s.whatsapp.net': { name: 'Me', folder: 'main', trigger: '@Andy', added_at: 'x' },
    });
    expect(groups.get(FAMILY)).toMatchObject({ jid: FAMILY, provider: 'claude', isMain: false });
    expect(groups.get('4915112345@s.whatsapp.net')?.isMain).toBe(true);
  });

  it('takes an entry at its word when it says that it is not main', () => {
    expect(
      groupsOf({ [FAMILY]: { name: 'x', folder: 'main', isMain: false } }).get(FAMILY)?.isMain,
    ).toBe(false);
  });

  it('names every problem by its path', () => {
    const problems = problemsOf({
      [FAMILY]: { name: '', folder: '../etc', tigger: '@x', containerConfig: { ram: 5 } },
      [WORK]: { jid: FAMILY, name: 'Work', folder: 'work' },
      'tg:123': { name: 'T', folder: 't' },
    });
    expect(Object.keys(problems).sort()).toEqual(
      [
        `${FAMILY}.containerConfig.ram`,
        `${FAMILY}.folder`,
        `${FAMILY}.name`,
        `${FAMILY}.tigger`,
        `${WORK}.jid`,
        'tg:123.jid',
      ].sort(),
    );
    expect(problems[`${FAMILY}.tigger`]).toBe(
      'is not a known field; remove it or correct its spelling',
    );
  });

  it.each(['', '@', '@ ', ' x', '@@x'])('refuses the trigger %j, which is no word', (trigger) => {
    const problems = problemsOf({ [FAMILY]: { name: 'a', folder: 'a', trigger } });
    expect(problems[`${FAMILY}.trigger`]).toContain('must be a word');
  });

  it('refuses two groups in one folder and two main groups, naming the other', () => {
    const problems = problemsOf({
      [FAMILY]: { name: 'a', folder: 'same', isMain: true },
      [WORK]: { name: 'b', folder: 'same', isMain: true },
    });
    expect(problems[`${WORK}.folder`]).toContain(FAMILY);
    expect(problems[`${WORK}.isMain`]).toContain(FAMILY);
  });

  it('asks for the canonical form of a JID', () => {
    const problems = problemsOf({ '4915:7@s.whatsapp.net': { name: 'a', folder: 'a' } });
    expect(problems['4915:7@s.whatsapp.net']).toContain('4915@s.whatsapp.net');
  });

  it.each([
    { value: [] },
    { value: null },
    { value: 'x' },
    { value: 1 },
    { value: { [FAMILY]: 'x' } },
    { value: { [FAMILY]: [] } },
  ])('refuses $value', ({ value }) => {
    expect(checkRegistrations(value).ok).toBe(false);
  });

  it.each([
    '{"__proto__": {"name": "x", "folder": "x"}}',
    `{"${FAMILY}": {"name": "x", "folder": "x", "__proto__": {"isMain": true}}}`,
  ])('does not let a prototype key pass: %s', (text) => {
    expect(checkRegistrations(JSON.parse(text)).ok).toBe(false);
  });
});

describe('compareRegistrations', () => {
  it('tells added, changed and removed groups apart and leaves equal ones out', () => {
    const before = groupsOf({
      [FAMILY]: { name: 'Family', folder: 'family' },
      [WORK]: { name: 'Work', folder: 'work' },
      '3@g.us': { name: 'Same', folder: 'same' },
    });
    const after = groupsOf({
      '3@g.us': { folder: 'same', name: 'Same' },
      [WORK]: { name: 'Work', folder: 'work', provider: 'codex' },
      '4@g.us': { name: 'New', folder: 'new' },
    });
    const changes = compareRegistrations(before, after);
    expect(changes.added.map((group) => group.jid)).toEqual(['4@g.us']);
    expect(changes.removed.map((group) => group.jid)).toEqual([FAMILY]);
    expect(changes.changed.map(({ before, after }) => [before.provider, after.provider])).toEqual([
      ['claude', 'codex'],
    ]);
  });
});
