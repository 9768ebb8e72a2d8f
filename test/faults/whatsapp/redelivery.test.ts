import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Group } from '../../loopback/whatsapp/server.ts';
import { FaultWorld } from './fault-world.fixture.ts';

const QUESTIONS = Array.from({ length: 12 }, (_, index) => `q${index}`);

let world: FaultWorld;
let group: Group;
beforeEach(async () => {
  world = await FaultWorld.open();
  await world.startHost();
  group = await world.addGroup('family');
});
afterEach(() => world[Symbol.asyncDispose]());

/** All of one second, as WhatsApp counts. */
async function askAll(questions: readonly string[]): Promise<string[]> {
  const second = Math.floor(Date.now() / 1000);
  const ids: string[] = [];
  for (const question of questions) ids.push((await world.ask(group, question, second)).id);
  return ids;
}

async function expectEachOnce(ids: readonly string[]): Promise<void> {
  await Promise.all(QUESTIONS.map((question) => world.waitForAnswer(question)));
  await world.askLast(group);
  const rows = world.rows().filter(({ id }) => ids.includes(id));
  expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(rows.filter(({ state }) => state !== 'answered')).toEqual([]);
  expect(QUESTIONS.filter((question) => world.countAnswers(question) !== 1)).toEqual([]);
}

test('messages of one second that are delivered twice each, and again in two more connections, are answered once', async () => {
  const { faults, counts } = world.whatsapp;
  faults.duplicateDeliveries = true;
  faults.loseReceipts = true;
  const ids = await askAll(QUESTIONS);
  for (let connection = 0; connection < 2; connection += 1) {
    await world.stopHost();
    await world.startHost();
  }
  faults.loseReceipts = false;
  await world.stopHost();
  await world.startHost();
  await expectEachOnce(ids);
  expect(counts.redeliveries).toBeGreaterThanOrEqual(3 * ids.length);
});

test('messages of one second that come in the opposite order are answered once', async () => {
  await world.ask(group, 'qfirst');
  await world.waitForAnswer('qfirst');
  world.whatsapp.faults.reorder = QUESTIONS.length;
  const ids = await askAll(QUESTIONS);
  world.whatsapp.faults.reorder = 0;
  await expectEachOnce(ids);
  const arrived = world.rows().filter(({ id }) => ids.includes(id));
  expect(arrived.map(({ id }) => id)).toEqual(ids.toReversed());
});

test('an id that two people have chosen is a message of each', async () => {
  const id = 'AC0123456789';
  await world.ana.sendText(group, '@Assistant q1', { id });
  await world.bob.sendText(group, '@Assistant q2', { id });
  await world.waitForAnswer('q1', world.ana);
  await world.waitForAnswer('q2', world.ana);
  await world.askLast(group);
  expect(world.rows().filter((row) => row.id === id)).toHaveLength(2);
});

/** Keys that are gone, as after a restore or when a phone has started anew. */
function forgetSessions(): void {
  world.look((db) =>
    db.prepare("delete from wa_keys where type in ('session', 'sender-key')").run(),
  );
}

test('a message that comes as a stub first is answered once, when its phone has sent it again', async () => {
  await world.ask(group, 'qfirst');
  await world.waitForAnswer('qfirst');
  forgetSessions();
  const { id } = await world.ask(group, 'q1');
  await world.waitForAnswer('q1');
  await world.askLast(group);
  expect(world.whatsapp.counts.receipts['retry']).toBe(1);
  expect(world.rows().filter((row) => row.id === id)).toMatchObject([{ state: 'answered' }]);
  expect(world.countAnswers('q1')).toBe(1);
});

test('a stub before a restart and the message after it are answered once', async () => {
  await world.ask(group, 'qfirst');
  await world.waitForAnswer('qfirst');
  await world.stopHost();
  forgetSessions();
  const { id } = await world.ask(group, 'q1');
  world.whatsapp.faults.loseRetries = 1;
  await world.startHost();
  await world.whatsapp.waitForCounts(({ receipts }) => receipts['retry'] !== undefined);
  await world.stopHost();
  expect(world.rows().filter((row) => row.id === id)).toEqual([]);
  await world.startHost();
  await world.waitForAnswer('q1');
  await world.askLast(group);
  expect(world.countAnswers('q1')).toBe(1);
});
