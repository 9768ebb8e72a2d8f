import { expect, test } from 'vitest';
import { folderNameSchema } from '../../src/core/folder-name.ts';
import { MailboxWorld } from '../../src/ipc/mailbox-world.fixture.ts';
import { expectStopped } from './expect-stopped.ts';
import { FOLDER_NAMES, registerFolders } from './mailbox/bad-folders.ts';

test.each(FOLDER_NAMES)(
  'T7: the folder %j is refused, by the registrations and from a chat',
  async (folder) => {
    expect(folderNameSchema.safeParse(folder).success).toBe(false);
    await using world = await MailboxWorld.create();
    expectStopped(await registerFolders(world, await world.start(), [folder]));
  },
);

test('T7: a plain folder is taken', async () => {
  await using world = await MailboxWorld.create();
  const outcome = await registerFolders(world, await world.start(), ['chess-club_2']);
  expect(outcome).toMatchObject({ tried: 1, stopped: 0 });
});
