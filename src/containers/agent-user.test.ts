import { expect, test } from 'vitest';
import { chooseAgentUser } from './agent-user.ts';

test.each([
  [0, 0, { uid: 1000, gid: 1000, mustOwnFolders: true }],
  [1000, 1000, { uid: 1000, gid: 1000, mustOwnFolders: false }],
  [501, 20, { uid: 501, gid: 20, mustOwnFolders: false }],
])('a host of uid %i and gid %i runs agents as %o', (uid, gid, expected) => {
  expect(chooseAgentUser(uid, gid)).toEqual(expected);
});
