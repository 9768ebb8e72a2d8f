import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Group } from '../../loopback/whatsapp/server.ts';
import { FaultWorld } from '../whatsapp/fault-world.fixture.ts';

const GROUPS = 8;
/** Questions that each group asks before, between and after the stops. */
const QUESTIONS = 4;
const STOPS = 2;

function startHost(world: FaultWorld) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'slow-host.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DECKHAND_HOME: world.loopback.config.home,
      DECKHAND_RUNTIME: 'process',
      MAX_CONCURRENT_CONTAINERS: '4',
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

/** Every group asks; resolves when all messages are with the server, wherever the host is with them. */
async function askAll(world: FaultWorld, groups: readonly Group[], round: number) {
  const questions: string[] = [];
  for (let index = 0; index < QUESTIONS; index++) {
    for (const [number, group] of groups.entries()) {
      const question = `q${round}x${index}x${number}`;
      await world.ask(group, question);
      questions.push(question);
    }
  }
  return questions;
}

test('a host that is told to stop under load ends by itself, and the next ones answer everything once', async () => {
  await using world = await FaultWorld.open();
  await world.startHost();
  const groups: Group[] = [];
  for (let index = 0; index < GROUPS; index++) groups.push(await world.addGroup(`g${index}`));
  await world.stopHost();
  const questions = ['qhang'];
  await world.ask(groups[0]!, 'qhang');
  for (let round = 0; round < STOPS; round++) {
    const host = startHost(world);
    await world.whatsapp.waitForConnection(world.signal);
    questions.push(...(await askAll(world, groups, round)));
    // The first answer is there, and the agents of the others work.
    await Promise.race(questions.slice(-QUESTIONS).map((one) => world.waitForAnswer(one)));
    const exited = once(host, 'exit');
    host.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await world.whatsapp.waitForDisconnection(world.signal);
  }
  const last = startHost(world);
  questions.push(...(await askAll(world, groups, STOPS)));
  await Promise.all(questions.map((question) => world.waitForAnswer(question)));
  await world.whatsapp.waitForQuiet(world.signal);
  const exited = once(last, 'exit');
  last.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  const answers = questions.map((question) => [question, world.countAnswers(question)]);
  expect(answers).toEqual(questions.map((question) => [question, 1]));
  expect(new Set(world.rows().map(({ state }) => state))).toEqual(new Set(['answered']));
});
