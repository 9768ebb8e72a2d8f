import { expect, test } from 'vitest';
import { findLastQuestion } from '../../src/db/story-message.ts';
import { FAMILY, group, World } from '../engine/world.ts';
import { answer } from '../fakes/fake-runner.ts';

const EVE = '666@s.whatsapp.net';
const MINUTE_MS = 60_000;

function openWorld(limits: object) {
  const world = new World();
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'family', limits }));
  world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  return world;
}

function ask(world: World, senderJid: string): string | undefined {
  const sentAt = Math.floor(world.nowMs / 1_000) * 1_000;
  return world.engine?.ingest(world.message({ senderJid, sentAt }));
}

/** What the chat was told of limits. */
function notices(world: World): string[] {
  return world.channel.sent.flatMap((sent) =>
    sent.kind === 'text' && sent.text.includes('faster than I may answer') ? [sent.text] : [],
  );
}

test('a flood by one member is cut off and told once, and the others are answered', async () => {
  await using world = openWorld({ sender: '5/10m' });
  const outcomes = Array.from({ length: 200 }, () => ask(world, EVE));
  expect(outcomes.filter((outcome) => outcome === 'trigger')).toHaveLength(5);
  for (const member of ['1@lid', '2@lid', '3@lid']) expect(ask(world, member)).toBe('trigger');
  await world.engine?.idle();
  expect(notices(world)).toHaveLength(1);
  const states = world.db
    ?.prepare('select state, count(*) as count from messages where is_trigger = 1 group by state')
    .all();
  expect(states).toEqual([{ state: 'answered', count: 8 }]);
});

test('without a limit the flood is taken as a whole', async () => {
  await using world = openWorld({ sender: 'off', group: 'off' });
  const outcomes = Array.from({ length: 200 }, () => ask(world, EVE));
  expect(new Set(outcomes)).toEqual(new Set(['trigger']));
  await world.engine?.idle();
  expect(notices(world)).toEqual([]);
});

test('many members together are held to the limit of the chat', async () => {
  await using world = openWorld({ sender: '5/10m', group: '12/10m' });
  const outcomes = Array.from({ length: 50 }, (_, index) => ask(world, `${index % 10}@lid`));
  expect(outcomes.filter((outcome) => outcome === 'trigger')).toHaveLength(12);
  await world.engine?.idle();
  expect(notices(world)).toHaveLength(1);
});

test('a restart gives nobody new questions, and the time does', async () => {
  await using world = openWorld({ sender: '2/10m' });
  ask(world, EVE);
  ask(world, EVE);
  await world.engine?.idle();
  await world.stopHost();
  world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  expect(ask(world, EVE)).toBe('context');
  world.nowMs += 10 * MINUTE_MS;
  expect(ask(world, EVE)).toBe('trigger');
  await world.engine?.idle();
});

test('a person whose number becomes known is the same person', async () => {
  await using world = openWorld({ sender: '2/10m' });
  const lid = '666@lid';
  expect([ask(world, lid), ask(world, lid)]).toEqual(['trigger', 'trigger']);
  const known = { senderJid: EVE, senderAltJid: lid, sentAt: world.nowMs };
  expect(world.engine?.ingest(world.message(known))).toBe('context');
  await world.engine?.idle();
});

test('questions that waited while the host was away are counted by when they were asked', async () => {
  await using world = openWorld({ sender: '2/10m' });
  const sentAt = (minutes: number) => world.nowMs + minutes * MINUTE_MS;
  const outcomes = [-40, -30, -20, -10, 0].map((minutes) =>
    world.engine?.ingest(world.message({ senderJid: EVE, sentAt: sentAt(minutes) })),
  );
  expect(outcomes).toEqual(Array.from({ length: 5 }, () => 'trigger'));
  await world.engine?.idle();
});

test('the account itself is not limited', async () => {
  await using world = openWorld({ sender: '1/10m', group: '1/10m' });
  const ours = { senderJid: '100@s.whatsapp.net', isFromMe: true };
  expect(world.engine?.ingest(world.message(ours))).toBe('trigger');
  expect(world.engine?.ingest(world.message(ours))).toBe('trigger');
  await world.engine?.idle();
});

test('what was too much is kept as context with its reason, and is what "why" asks about', async () => {
  await using world = openWorld({ sender: '1/10m' });
  ask(world, EVE);
  ask(world, EVE);
  await world.engine?.idle();
  const row = world.db?.prepare('select seq, decision, text from messages order by seq desc').get();
  expect(row).toMatchObject({ decision: 'rate_limited', text: '@Assistant hello' });
  if (world.db === undefined) throw new Error('no database');
  expect(findLastQuestion(world.db, FAMILY)).toBe(Object(row).seq);
});

test('a message that comes twice is neither counted nor told twice', async () => {
  await using world = openWorld({ sender: '2/10m' });
  const question = world.message({ senderJid: EVE });
  expect(world.engine?.ingest(question)).toBe('trigger');
  expect(world.engine?.ingest(question)).toBe('duplicate');
  expect(ask(world, EVE)).toBe('trigger');
  const late = world.message({ senderJid: EVE });
  expect(world.engine?.ingest(late)).toBe('context');
  expect(world.engine?.ingest(late)).toBe('duplicate');
  await world.engine?.idle();
  expect(notices(world)).toHaveLength(1);
});
