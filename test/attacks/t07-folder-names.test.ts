import { expect, test } from 'vitest';
import { folderNameSchema } from '../../src/core/folder-name.ts';
import { MailboxWorld } from '../../src/ipc/mailbox-world.fixture.ts';

const NAMES = [
  '..',
  '.',
  '../work',
  'a/../../work',
  '/etc',
  'a\\..\\b',
  'work\0',
  'work\n',
  'work ',
  ' work',
  'Work',
  'wörk',
  'ｗｏｒｋ',
  'wor\u212a',
  'work\u202e',
  '.ssh',
  '-rf',
  'global',
  'con',
  'nul',
  'com1',
  'lpt9',
  '',
  'x'.repeat(65),
];

test.each(NAMES)(
  'T7: the folder %j is refused, by the registrations and from a chat',
  async (folder) => {
    expect(folderNameSchema.safeParse(folder).success).toBe(false);
    await using world = await MailboxWorld.create();
    const host = await world.start();
    const request = { type: 'register_group', jid: '9@g.us', name: 'x', folder, trigger: '@x' };
    await world.send('main', 'a.json', request, 'tasks');
    await host.settle('main');
    expect(world.audit('a.json')).toMatchObject({ outcome: 'refused' });
    expect(world.groups.map(({ jid }) => jid)).not.toContain('9@g.us');
  },
);

test('T7: a plain folder is taken', () => {
  expect(folderNameSchema.safeParse('chess-club_2').success).toBe(true);
});
