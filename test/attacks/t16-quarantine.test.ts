import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SNAPSHOT_FILES } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { groupFolders } from '../../src/disk/disk-guard.ts';
import { measureFolders } from '../../src/disk/folder-size.ts';
import { createDestinationRules } from '../../src/ipc/commands/destination.ts';
import { FAMILY, MailboxWorld } from '../../src/ipc/mailbox-world.fixture.ts';

test('T16: folders that an agent has filled take no room where its own are not counted', async () => {
  await using world = await MailboxWorld.create();
  const host = await world.start();
  const request = { type: 'schedule_task', prompt: 'x', schedule_type: 'interval' };
  for (let index = 0; index < 3; index += 1) {
    const planted = join(world.paths.ipc('family'), SNAPSHOT_FILES.tasks);
    await mkdir(join(planted, 'deep'), { recursive: true });
    await writeFile(join(planted, 'deep', 'ballast'), 'x'.repeat(1_000_000));
    const task = { ...request, schedule_value: '3600000', context_mode: 'group' };
    await world.send('family', `task-${index}.json`, task, 'tasks');
    await host.settle('family');
    // The host has put its own file there again.
    await rm(planted);
  }
  expect(await world.quarantined('family')).toHaveLength(3);
  const kept = await readdir(join(world.paths.quarantineRoot, 'family'));
  expect(kept.filter((name) => name.endsWith('.file'))).toEqual([]);
});

test('T16: what an agent writes to a file that the host took from it counts as what its group uses', async () => {
  await using world = await MailboxWorld.create();
  const host = await world.start();
  const used = () => measureFolders(groupFolders(world.paths, 'family'), () => false);
  const path = join(world.box('family', 'messages'), 'held.json');
  await using held = await open(`${path}.tmp`, 'w');
  await held.write('no request');
  await rename(`${path}.tmp`, path);
  await host.settle('family');
  expect(await world.quarantined('family')).toHaveLength(1);
  const before = await used();
  await held.write(Buffer.alloc(3_000_000, 'x'));
  expect((await used()) - before).toBeGreaterThan(2_900_000);
});

test('T16: an agent that writes without end sends its chat a message every few seconds at most', () => {
  let now = 0;
  const rules = createDestinationRules({ groups: { get: () => FAMILY }, now: () => now });
  let sent = 0;
  for (; now < 3_600_000; now += 100) if (rules.takeTurn(FAMILY) === undefined) sent += 1;
  expect(sent).toBeGreaterThan(100);
  expect(sent).toBeLessThan(1_000);
});
