import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolderHints } from '../../src/ipc/folder-hints.ts';
import {
  createSilentHints,
  FAMILY,
  MailboxWorld,
  message,
  WORK,
} from '../../src/ipc/mailbox-world.fixture.ts';
import { createLogger } from '../../src/logger.ts';
import { expectStopped } from './expect-stopped.ts';
import { plantCanary } from './mailbox/exchanges.ts';
import { floodMailbox, sendBombs } from './mailbox/floods.ts';
import { intrude } from './mailbox/intruder.ts';

test('T4: requests that are bombs are refused, each in one short line of the log', async () => {
  await using world = await MailboxWorld.create();
  const host = await world.start();
  expectStopped(await sendBombs(world, host));
});

test('T4: a plain request is no bomb', async () => {
  await using world = await MailboxWorld.create();
  const host = await world.start();
  const plain = JSON.stringify(message(FAMILY.jid, 'hello'));
  expect(await sendBombs(world, host, [{ what: 'hello', content: plain }])).toMatchObject({
    evidence: expect.stringContaining('hello'),
  });
});

test('T5: 100,000 requests of one group take no turn from another', async () => {
  await using world = await MailboxWorld.create();
  expectStopped(await floodMailbox(world));
});

test('T5: a flood goes on where groups have no share', async () => {
  await using world = await MailboxWorld.create();
  const flood = { files: 1_000, questions: 1, share: 1e9 };
  expect(await floodMailbox(world, flood)).toMatchObject({ tried: 1, stopped: 0 });
});

test('T5: a mailbox whose files are renamed without end is heard no more, and another one is', async () => {
  await using world = await MailboxWorld.create();
  const silent = () => () => undefined;
  const host = await world.start({ createHints: createSilentHints, after: silent });
  await host.idle();
  const [own, other] = [world.box('family', 'messages'), world.box('work', 'messages')];
  const heard: string[] = [];
  const isOtherHeard = Promise.withResolvers<void>();
  const onHint = (path: string) => {
    heard.push(path);
    if (path === other) isOtherHeard.resolve();
  };
  await using hints = await createFolderHints(onHint, createLogger('silent'), silent);
  for (const path of [own, other]) hints.add(path);
  const target = join(world.paths.home, 'outside.json');
  await plantCanary(target);
  await plantCanary(`${target}.twin`);
  await intrude({ exchange: 'file', box: own, target, swaps: 1_500 });
  await world.send('work', 'calm.json', message(WORK.jid, 'calm'));
  await isOtherHeard.promise;
  const flooded = heard.filter((path) => path === own).length;
  expect(flooded).toBeGreaterThan(0);
  expect(flooded).toBeLessThan(2_100);
});

test('T5: looking at 10,000 other names again and again is paid for by the group that put them there', async () => {
  await using world = await MailboxWorld.create();
  const waits: number[] = [];
  const host = await world.start({
    now: () => 0,
    rate: { burst: 20, perSecond: 1 },
    createHints: createSilentHints,
    after(delayMs) {
      waits.push(delayMs);
      return () => undefined;
    },
  });
  await host.idle();
  for (let index = 0; index < 10_000; index += 1) {
    writeFileSync(join(world.box('family', 'messages'), `litter-${index}`), '');
  }
  await host.settle('family');
  await host.settle('family');
  host.setActive('family', true);
  await new Promise(setImmediate);
  expect(Math.max(...waits.filter((delayMs) => delayMs < 10_000))).toBeGreaterThan(1_000);
});
