import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Phone } from '../../loopback/whatsapp/server.ts';
import type { AddressingMode } from '../../loopback/whatsapp/types.ts';
import { FaultWorld, written } from './fault-world.fixture.ts';

let world: FaultWorld;
beforeEach(async () => {
  world = await FaultWorld.open();
  await world.startHost();
});
afterEach(() => world[Symbol.asyncDispose]());

/** How WhatsApp names somebody from now on. */
function name(phone: Phone, addressingMode: AddressingMode, how: 'alone' | 'with the other') {
  phone.addressingMode = addressingMode;
  phone.isOtherJidHidden = how === 'alone';
}

/** Asks Ana's question in her own chat with the account, and waits for its answer there. */
async function askDirectly(question: string): Promise<{ id: string }> {
  const sent = await world.ask(world.whatsapp.owner, question);
  await world.waitForAnswer(question, world.ana);
  return sent;
}

/** The same message once more, as the server would name its author now. */
async function redeliver({ id }: { id: string }, question: string): Promise<void> {
  await world.ana.sendText(world.whatsapp.owner, `@Assistant ${question}`, { id });
}

test.each(['jid', 'lid'] as const)(
  'a chat with one person that is registered by %s stays one chat however its person is named',
  async (registeredBy) => {
    const { ana } = world;
    await world.register({ jid: ana[registeredBy], name: 'Ana', folder: 'ana' });
    if (registeredBy === 'jid') name(ana, 'pn', 'alone');
    const first = await askDirectly('q1');
    name(ana, 'lid', 'with the other');
    await redeliver(first, 'q1');
    const second = await askDirectly('q2');
    name(ana, 'lid', 'alone');
    await redeliver(first, 'q1');
    const third = await askDirectly('q3');
    name(ana, 'pn', 'alone');
    await redeliver(first, 'q1');
    await redeliver(second, 'q2');
    await redeliver(third, 'q3');
    await askDirectly('q4');
    await world.whatsapp.waitForQuiet();
    expect(written(ana)).toEqual(['heard q1', 'heard q2', 'heard q3', 'heard q4']);
    expect(world.rows().map((row) => [row.chat_jid, row.state])).toEqual(
      Array.from({ length: 4 }, () => [ana[registeredBy], 'answered']),
    );
  },
);

test.each(['jid', 'lid'] as const)(
  'what the owner asks on the phone in a chat that is registered by %s is answered there',
  async (registeredBy) => {
    const { ana, whatsapp } = world;
    await world.register({ jid: ana[registeredBy], name: 'Ana', folder: 'ana' });
    await whatsapp.owner.sendText(ana, '@Assistant q1');
    await world.waitForAnswer('q1', ana);
    expect(world.rows().map((row) => row.chat_jid)).toEqual([ana[registeredBy]]);
  },
);

test('a budget that somebody has used up under their number is used up under their LID', async () => {
  const { ana } = world;
  const budget = { runsPerDay: 1 };
  await world.register({ jid: ana.jid, name: 'Ana', folder: 'ana', budget });
  name(ana, 'pn', 'alone');
  await askDirectly('q1');
  name(ana, 'lid', 'alone');
  await world.ask(world.whatsapp.owner, 'q2');
  await ana.waitForMessage(({ text }) => text.includes('has used up its 1 run'));
  expect(world.countAnswers('q2', ana)).toBe(0);
});

test.each(['jid', 'lid'] as const)(
  'a list that names people by %s holds when a group goes from numbers to LIDs and back',
  async (listedBy) => {
    const { ana, bob, whatsapp } = world;
    const senders = { allow: [ana[listedBy]], mode: 'drop' as const };
    const group = await world.addGroup('crew', { senders }, 'pn');
    const askBoth = async (turn: string) => {
      await bob.sendText(group, `@Assistant qbob${turn}`);
      const { id } = await world.ask(group, `q${turn}`);
      await world.waitForAnswer(`q${turn}`);
      return { id, turn };
    };
    const asked = [await askBoth('1')];
    group.addressingMode = 'lid';
    asked.push(await askBoth('2'));
    for (const phone of [ana, bob]) phone.isOtherJidHidden = true;
    asked.push(await askBoth('3'));
    group.addressingMode = 'pn';
    asked.push(await askBoth('4'));
    for (const { id, turn } of asked) {
      await ana.sendText(group, `@Assistant q${turn}`, { id });
    }
    await world.askLast(group);
    await whatsapp.waitForQuiet();
    expect(written(bob)).toEqual(['heard q1', 'heard q2', 'heard q3', 'heard q4', 'heard qlast']);
    expect(world.rows().filter(({ decision }) => decision === 'dropped')).toHaveLength(4);
    expect(world.rows()).toHaveLength(4 + 5);
  },
);
