import { expect, test } from 'vitest';
import { MailboxWorld } from '../../src/ipc/mailbox-world.fixture.ts';
import { expectStopped } from './expect-stopped.ts';
import { askForOthers, askForPowers } from './mailbox/foreign-requests.ts';

test('T6: no kind of request reaches what belongs to another group, whatever it claims to be', async () => {
  await using world = await MailboxWorld.create();
  expectStopped(await askForOthers(world, await world.start()));
});

test('T6: the same requests of main are obeyed where main may', async () => {
  await using world = await MailboxWorld.create();
  const { tried, stopped } = await askForOthers(world, await world.start(), 'main');
  expect(tried - stopped).toBeGreaterThan(10);
});

test('T6: the agent of main cannot set people, limits, ways out, credentials or folders of any group', async () => {
  await using world = await MailboxWorld.create();
  expectStopped(await askForPowers(world, await world.start()));
});

test('T6: the agent of main registers a chat with what it may set', async () => {
  await using world = await MailboxWorld.create();
  const host = await world.start();
  const request = {
    type: 'register_group',
    jid: '9@g.us',
    name: 'x',
    folder: 'nine',
    trigger: '@x',
  };
  await world.send('main', 'a.json', { ...request, containerConfig: { timeout: 60_000 } }, 'tasks');
  await host.settle('main');
  expect(world.groups.map(({ folder }) => folder)).toContain('nine');
});
