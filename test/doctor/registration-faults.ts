import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createChats } from '../../src/db/chats.ts';
import { CHAT } from './doctor-world.ts';
import type { Fault } from './faults.ts';

const other = { name: 'Two', folder: 'one', isMain: true };
export const registrationFaults: readonly Fault[] = [
  {
    ids: ['registrations.none'],
    fault: 'nobody',
    inject: ({ cli }) => {
      cli.register({});
      rmSync(cli.paths.groupFolder('one'), { recursive: true });
    },
    mend: ({ cli, register }) => {
      register();
      mkdirSync(cli.paths.groupFolder('one'));
    },
  },
  {
    ids: ['registrations.invalid'],
    fault: 'no JSON',
    inject: ({ cli }) => writeFileSync(cli.paths.registrations, '{'),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.invalid'],
    fault: 'two mains',
    inject: ({ cli }) =>
      cli.register({
        [CHAT]: { name: 'One', folder: 'one', isMain: true },
        '2@g.us': { ...other, folder: 'two' },
      }),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.invalid'],
    fault: 'one folder for two',
    inject: ({ cli }) =>
      cli.register({ [CHAT]: { name: 'One', folder: 'one' }, '2@g.us': { ...other } }),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.invalid'],
    fault: 'a zone that is none',
    inject: ({ register }) => register({ timeZone: 'Europe/Nowhere' }),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.folder'],
    fault: 'a folder that is gone',
    inject: ({ cli }) => rmSync(cli.paths.groupFolder('one'), { recursive: true }),
    mend: 'fix',
  },
  {
    ids: ['registrations.folder'],
    fault: 'a link instead of a folder',
    inject({ cli }) {
      rmSync(cli.paths.groupFolder('one'), { recursive: true });
      symlinkSync('/tmp', cli.paths.groupFolder('one'));
    },
    mend({ cli }) {
      rmSync(cli.paths.groupFolder('one'));
      mkdirSync(cli.paths.groupFolder('one'));
    },
  },
  {
    ids: ['registrations.unknown'],
    fault: 'a group that the account is not in',
    inject: ({ cli }) =>
      cli.fill((db) => createChats(db).rename([{ jid: '9@g.us', name: 'Nine' }])),
    mend: ({ cli }) => cli.fill((db) => createChats(db).rename([{ jid: CHAT, name: 'One' }])),
  },
];
