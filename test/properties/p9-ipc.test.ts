import { link, lstat, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createSilentHints,
  FAMILY,
  MAIN,
  MailboxWorld,
  WORK,
} from '../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../src/ipc/mailboxes.ts';
import { type AnyRequest, anyRequest, boxOf } from './any-request.ts';
import { furnish, NOW, takeOthers } from './other-groups.ts';

let world: MailboxWorld;
let host: Mailboxes;
let count = 0;
let before: unknown;
beforeEach(async () => {
  world = await MailboxWorld.create();
  world.now = () => NOW;
  for (const group of [MAIN, FAMILY, WORK]) await furnish(world, group);
  host = await world.start({ createHints: createSilentHints });
  before = await takeOthers(world, FAMILY);
});
afterEach(() => world[Symbol.asyncDispose]());

/** What the group may do, so that it is not all refused. */
const GOOD: AnyRequest[] = [
  { type: 'message', chatJid: FAMILY.jid, text: 'hi' },
  { type: 'file', chatJid: FAMILY.jid, path: 'secret.txt', kind: 'document' },
  { type: 'schedule_task', prompt: 'x', schedule_type: 'cron', schedule_value: '0 9 * * 1' },
  { type: 'cancel_task', taskId: 'family-paused' },
].map((content) => ({ box: '', content }));
const requests = fc.array(anyRequest, { minLength: 1, maxLength: 40, size: 'max' });
const nextName = () => `r${(count += 1)}.json`;

test('P9: whatever requests a group that is not main writes, no row and no file of another group changes', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (requests) => {
      for (const request of requests)
        await world.send(FAMILY.folder, nextName(), request.content, boxOf(request));
      await host.settle(FAMILY.folder);
      expect(await takeOthers(world, FAMILY)).toEqual(before);
    }),
    { numRuns: 40, examples: [[GOOD]] },
  );
  const outcomes = world.log.map(({ type, outcome }) => [type, outcome].join(' '));
  // Else this would show nothing: its own it may change.
  for (const type of ['message', 'schedule_task', 'cancel_task', 'file'])
    expect(outcomes).toContain(`${type} accepted`);
  for (const type of ['message', 'register_group', 'pause_task'])
    expect(outcomes).toContain(`${type} refused`);
});

test('P9: whatever a group plants in its mailbox, the host neither follows it into another group nor writes through it', async () => {
  const places = [
    'messages/x.json',
    'tasks/x.json',
    'replies/x.json',
    'current_tasks.json',
    'messages',
    'replies',
  ];
  const targets = [
    join(world.paths.groupFolder('work'), 'secret.txt'),
    join(world.paths.groupFolder('work'), 'media'),
    world.paths.ipc('work'),
    world.box('work', 'messages'),
    world.paths.database,
  ];
  const plant = fc.record({
    place: fc.constantFrom(...places),
    target: fc.constantFrom(...targets),
    isHardLink: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(plant, { maxLength: 4 }), anyRequest, async (plants, request) => {
      for (const { place, target, isHardLink } of plants) {
        const path = world.box(FAMILY.folder, place);
        // No agent can write through a link that leads out: there is nothing where it is.
        if (!(await lstat(dirname(path))).isDirectory()) continue;
        await rm(path, { recursive: true, force: true });
        if (isHardLink && target.endsWith('secret.txt')) await link(target, path);
        else await symlink(target, path);
      }
      await host.settle(FAMILY.folder);
      await world.send(FAMILY.folder, nextName(), request.content, boxOf(request));
      await host.settle(FAMILY.folder);
      expect(await takeOthers(world, FAMILY)).toEqual(before);
    }),
    { numRuns: 40 },
  );
});
