import { expect, test } from 'vitest';
import type { InboundMessage } from '../../../src/core/message.ts';
import { HOUR, MINUTE, schedule, slotsOf, taskOf } from '../../engine/task-world.ts';
import { World } from '../../engine/world.ts';
import { answer } from '../../fakes/fake-runner.ts';

const EIGHT_HOURS = 8 * HOUR;

/**
 * The machine stands still: clocks go on, timers do not, and those that wait fire when it has woken. That the link is
 * dead shows within half a minute, when no ping is answered.
 */
async function sleep(world: World, ms: number): Promise<void> {
  world.nowMs += ms;
  await world.passUntil(world.nowMs + 25_000);
}

/** The server has noticed nothing: what is written goes nowhere, until a new connection is made. */
function cutLink(world: World): void {
  world.channel.respond = () => ({ status: 'unconfirmed', reason: 'no answer from the server' });
}

async function makeLinkAnew(world: World, backlog: readonly InboundMessage[] = []): Promise<void> {
  world.engine?.setChannelState({ status: 'connecting' });
  world.channel.respond = undefined;
  world.open();
  for (const message of backlog) world.engine?.ingest(message);
  world.engine?.onCaughtUp();
  await world.engine?.idle();
  await world.passUntil(world.nowMs + 2_000);
}

test('after eight hours of sleep each task runs at most once, and what came too late is recorded and told', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = (run) =>
    answer(/often|daily|once/.exec(run.request.prompt)?.[0] ?? 'no task');
  const start = Math.floor(world.nowMs / 1_000) * 1_000;
  const often = schedule(world, { prompt: 'often' });
  const daily = schedule(world, {
    prompt: 'daily',
    scheduleType: 'cron',
    scheduleValue: '0 15 * * *',
  });
  const once = schedule(world, {
    prompt: 'once',
    scheduleType: 'once',
    scheduleValue: '2026-11-21T14:30',
  });
  await engine.idle();
  await world.passUntil(start + HOUR + MINUTE);
  expect(world.channel.texts).toEqual(['often']);
  await sleep(world, EIGHT_HOURS);
  expect(world.channel.texts.toSorted()).toEqual([
    [
      'I could not run these scheduled tasks in time and left them out:',
      '- “often”: Sat 2026-11-21 14:00 to Sat 2026-11-21 21:00',
      '- “once”: Sat 2026-11-21 14:30',
      '- “daily”: Sat 2026-11-21 15:00',
    ].join('\n'),
    'often',
    'often',
  ]);
  expect(slotsOf(world, often)).toMatchObject([
    { state: 'answered', scheduledFor: start + HOUR },
    { state: 'skipped', scheduledFor: start + 2 * HOUR, missedUntil: start + 9 * HOUR },
    { state: 'answered', scheduledFor: start + 9 * HOUR },
  ]);
  expect(slotsOf(world, daily)).toMatchObject([{ state: 'skipped' }]);
  expect(slotsOf(world, once)).toMatchObject([{ state: 'skipped' }]);
  expect(taskOf(world, daily).status).toBe('active');
  expect(taskOf(world, once).status).toBe('done');
});

test('an answer that was written into a link that only looked open arrives once the link is made anew', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.nowMs += EIGHT_HOURS;
  cutLink(world);
  run.end(answer('slept well'));
  await engine.idle();
  await world.passUntil(world.nowMs + 3 * MINUTE);
  const ids = () => new Set(world.channel.sent.map(({ id }) => id));
  expect(world.channel.sent.length).toBeGreaterThan(1);
  const sent = world.channel.sent.length;
  await makeLinkAnew(world);
  expect(world.channel.sent).toHaveLength(sent + 1);
  expect(ids().size).toBe(1);
  expect(world.db?.prepare('select state from outbox').pluck().all()).toEqual(['acked']);
});

test('what was asked while the machine slept is told as too old, what was asked since is answered', async () => {
  await using world = new World();
  world.startHost();
  world.open();
  world.runner.respond = () => answer('here I am');
  await world.passUntil(world.nowMs + 2 * MINUTE);
  const asleep = world.message({ sentAt: world.nowMs + HOUR });
  await sleep(world, EIGHT_HOURS);
  const awake = world.message({ sentAt: world.nowMs - MINUTE });
  await makeLinkAnew(world, [asleep, awake]);
  expect(world.channel.texts.toSorted()).toEqual([
    expect.stringMatching(/^I was not reachable from 12:0\d to 20:0\d\. 1 question/),
    'here I am',
  ]);
});
