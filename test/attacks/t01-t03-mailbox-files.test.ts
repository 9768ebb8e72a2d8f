import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FAMILY, MailboxWorld, message, WORK } from '../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../src/ipc/mailboxes.ts';
import { expectStopped } from './expect-stopped.ts';
import { readCarelessly } from './mailbox/careless-reader.ts';
import {
  exchangeFiles,
  exchangeFolders,
  exchangePipes,
  exchangeWithOthersFolder,
  plantCanaries,
  plantCanary,
} from './mailbox/exchanges.ts';
import { intrude, untilDone } from './mailbox/intruder.ts';

let world: MailboxWorld;
let host: Mailboxes;

beforeEach(async () => {
  world = await MailboxWorld.create();
  host = await world.start();
  await host.idle();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** How often a reader that trusts paths comes upon the canary. */
async function countCareless(exchange: 'file' | 'folder', target: string): Promise<number> {
  const box = join(world.paths.home, 'careless');
  await mkdir(box);
  let read = 0;
  await untilDone(intrude({ exchange, box, target, swaps: 2_000 }), async () => {
    const texts = await readCarelessly(box);
    read += texts.filter((text) => text.includes('canary')).length;
  });
  return read;
}

test('T1: a file exchanged with links to another one 10,000 times is never read, nor what it led to touched', async () => {
  expectStopped(await exchangeFiles(world, host));
});

test('T1: a reader that trusts paths reads the other file', async () => {
  const target = await plantCanary(join(world.paths.home, 'outside.json'));
  await plantCanary(`${target}.twin`);
  expect(await countCareless('file', target)).toBeGreaterThan(0);
});

test('T2: a folder exchanged with a link 10,000 times is never left, nor what it led to touched', async () => {
  expectStopped(await exchangeFolders(world, host));
});

test('T2: a reader that trusts paths leaves the folder', async () => {
  const target = await plantCanaries(join(world.paths.home, 'outside'));
  expect(await countCareless('folder', target)).toBeGreaterThan(0);
});

test('T2: a folder exchanged with that of another group takes no request of it', async () => {
  expectStopped(await exchangeWithOthersFolder(world, host));
});

test('T2: a mailbox that is a link to that of another group as a whole is not read', async () => {
  await rename(world.paths.ipc('family'), `${world.paths.ipc('family')}-aside`);
  await symlink(world.paths.ipc('work'), world.paths.ipc('family'));
  await world.send('work', 'a.json', message(WORK.jid, 'mine'));
  await host.settle('family');
  await host.settle('work');
  expect(world.audit('a.json')).toMatchObject({ folder: 'work', outcome: 'accepted' });
  expect(world.log.map(({ msg }) => msg)).toContain(
    'mailbox scan failed, tried again at the next sweep',
  );
  await rm(world.paths.ipc('family'));
  await rename(`${world.paths.ipc('family')}-aside`, world.paths.ipc('family'));
  await world.send('family', 'b.json', message(FAMILY.jid, 'again'));
  await host.settle('family');
  expect(world.audit('b.json')).toMatchObject({ folder: 'family', outcome: 'accepted' });
});

test('T3: pipes that take the places of requests hold up no other group', async () => {
  expectStopped(await exchangePipes(world, host));
});
