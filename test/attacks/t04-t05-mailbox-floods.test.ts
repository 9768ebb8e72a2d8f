import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createSilentHints,
  FAMILY,
  MailboxWorld,
  message,
} from '../../src/ipc/mailbox-world.fixture.ts';
import { expectStopped } from './expect-stopped.ts';
import { floodMailbox, sendBombs } from './mailbox/floods.ts';

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
