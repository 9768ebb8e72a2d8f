import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CrashPoint } from '../../../src/crash-points.ts';
import type { Group } from '../../loopback/whatsapp/server.ts';
import { FaultWorld } from './fault-world.fixture.ts';

const MESSAGES = 1_000;
const GROUPS = 10;
const EVERY_NTH_ASKS = 10;

/**
 * One host after the other is gone when it passes this point for the n-th time. Two of them: a run that the first
 * began may be begun twice more before its chat is told that it failed.
 */
const DEATHS: readonly (readonly [CrashPoint, number])[] = [
  ['ratchet-advancing', 250],
  ['message-storing', 400],
];

function startDoomed(world: FaultWorld, ...death: readonly string[]) {
  const { config } = world.loopback;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'doomed-host.ts'), ...death], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DECKHAND_HOME: config.home,
      DECKHAND_RUNTIME: 'process',
      WHATSAPP_URL: world.whatsapp.url,
      ANTHROPIC_API_KEY: 'loopback-key',
      RECEIPTS: 'off',
      RATE_LIMIT_SENDER: 'off',
      RATE_LIMIT_GROUP: 'off',
      TZ: 'UTC',
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The questions asked in the groups while no host is there, and the ids of all messages. */
async function fillBacklog(world: FaultWorld, groups: readonly Group[]) {
  const questions: string[] = [];
  const ids: string[] = [];
  for (let index = 0; index < MESSAGES; index += 1) {
    const isQuestion = index % EVERY_NTH_ASKS === 0;
    // Not the group's own number: each group has as many questions as the others.
    const group = groups[Math.floor(index / EVERY_NTH_ASKS) % GROUPS]!;
    const text = isQuestion ? `@Assistant q${index}` : `talk ${index}`;
    if (isQuestion) questions.push(`q${index}`);
    ids.push((await world.ana.sendText(group, text)).id);
  }
  return { questions, ids };
}

test('hosts that die in the middle of a backlog of 1,000 messages lose and repeat nothing', async ({
  signal,
}) => {
  await using world = await FaultWorld.open();
  await world.startHost();
  const groups: Group[] = [];
  for (let index = 0; index < GROUPS; index += 1) groups.push(await world.addGroup(`g${index}`));
  await world.stopHost();
  const { questions, ids } = await fillBacklog(world, groups);

  for (const [point, count] of DEATHS) {
    const [, killedBy] = await once(startDoomed(world, point, String(count)), 'exit', { signal });
    expect([point, killedBy]).toEqual([point, 'SIGKILL']);
    await world.whatsapp.waitForDisconnection();
  }
  const survivor = startDoomed(world);
  const exited = once(survivor, 'exit');
  await Promise.all(questions.map((question) => world.waitForAnswer(question)));
  await world.whatsapp.waitForQuiet();
  survivor.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);

  const rows = world.rows();
  expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  const asked = rows.filter(({ text }) => text.startsWith('@Assistant'));
  expect(asked.filter(({ state }) => state !== 'answered')).toEqual([]);
  expect(asked).toHaveLength(questions.length);
  const answers = questions.map((question) => [question, world.countAnswers(question)]);
  expect(answers).toEqual(questions.map((question) => [question, 1]));
  const left = world.look((db) => ({
    outbox: db.prepare("select count(*) from outbox where state <> 'acked'").pluck().get(),
    runs: db.prepare("select count(*) from runs where state <> 'answered'").pluck().get(),
    journal: db.prepare('select count(*) from wa_journal').pluck().get(),
  }));
  expect(left).toEqual({ outbox: 0, runs: 0, journal: 0 });
  expect(world.whatsapp.counts.redeliveries).toBeGreaterThan(0);
}, 300_000);
