import type { MailboxWorld } from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import type { AttackOutcome } from '../outcome.ts';

/** What is no name of a group's folder. */
export const FOLDER_NAMES: readonly string[] = [
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

/** T7: main's agent registers a chat with each of the names; stopped when it is refused and nothing is registered. */
export async function registerFolders(
  world: MailboxWorld,
  host: Mailboxes,
  names = FOLDER_NAMES,
): Promise<AttackOutcome> {
  const passed: string[] = [];
  for (const [index, folder] of names.entries()) {
    const jid = `9${index}@g.us`;
    const name = `folder-${index}.json`;
    const request = { type: 'register_group', jid, name: 'x', folder, trigger: '@x' };
    await world.send('main', name, request, 'tasks');
    await host.settle('main');
    const isRegistered = world.groups.some((group) => group.jid === jid);
    if (isRegistered || world.audit(name)?.['outcome'] !== 'refused') passed.push(folder);
  }
  const evidence = `${world.groups.length} groups are registered, taken: ${JSON.stringify(passed)}`;
  return { tried: names.length, stopped: names.length - passed.length, evidence };
}
