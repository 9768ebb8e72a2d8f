import { expect, test } from 'vitest';
import type { InboundMessage } from '../../src/core/message.ts';
import { answer } from '../fakes/fake-runner.ts';
import { FAMILY, group, WORK, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The link opens after the time it was down, and what came in meanwhile is delivered and read. */
async function comeBack(world: World, backlog: readonly InboundMessage[]): Promise<void> {
  world.runner.respond = () => answer('hi');
  world.open();
  for (const message of backlog) world.engine?.ingest(message);
  world.engine?.onCaughtUp();
  await world.engine?.idle();
  await world.passUntil(world.nowMs + 2 * SECOND);
}

/** A host that was open until now, and died. */
function dieAfterOpen(world: World): void {
  world.startHost();
  world.open();
  world.crash();
}

function decisions(world: World): unknown[] {
  return world.db?.prepare('select decision, state from messages order by seq').raw().all() ?? [];
}

test('after a gap questions that are too old are kept as context and told in one message', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const backlog = [world.message(), world.message(), world.message({ text: 'just talk' })];
  world.nowMs += 2 * HOUR;
  world.startHost();
  await comeBack(world, backlog);
  expect(world.channel.texts).toEqual([
    'I was not reachable from 12:00 to 14:00. 2 questions came in meanwhile that are too old now; ask again if they still matter.',
  ]);
  expect(decisions(world)).toEqual([
    ['stale', 'context'],
    ['stale', 'context'],
    ['not_addressed', 'context'],
  ]);
});

test('after a gap fresh questions are answered and nothing is told', async () => {
  await using world = new World();
  dieAfterOpen(world);
  world.nowMs += 2 * HOUR;
  const fresh = world.message({ sentAt: world.nowMs - 29 * MINUTE });
  world.startHost();
  await comeBack(world, [fresh]);
  expect(world.channel.texts).toEqual(['hi']);
});

test('a chat with both is answered and told, and the agent reads what was left out', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message({ text: '@Assistant the old one' });
  world.nowMs += 2 * HOUR;
  world.startHost();
  await comeBack(world, [old, world.message({ text: '@Assistant the fresh one' })]);
  expect(world.channel.texts).toEqual(['hi', expect.stringContaining('1 question came in')]);
  expect(world.runner.runs[0]?.request.prompt).toMatch(/old one[^]*fresh one/);
});

test('what was accepted before the host went down is answered, however long that was', async () => {
  await using world = new World();
  const asked = world.message();
  world.startHost().ingest(asked);
  world.crash();
  world.nowMs += 72 * HOUR;
  world.startHost();
  await comeBack(world, [asked]);
  expect(world.channel.texts).toEqual(['hi']);
});

test('a link that was down alone makes a gap as well', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  engine.setChannelState({ status: 'connecting' });
  const old = world.message();
  world.nowMs += HOUR;
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual([expect.stringContaining('from 12:00 to 13:00')]);
});

test('a short loss of the link leaves nothing out, however old it is', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  await world.passUntil(world.nowMs + 2 * HOUR);
  engine.setChannelState({ status: 'connecting' });
  world.nowMs += 4 * MINUTE;
  await comeBack(world, [world.message({ sentAt: world.nowMs - 3 * HOUR })]);
  expect(world.channel.texts).toEqual(['hi']);
});

test('a host that dies without a word was open until a minute before at most', async () => {
  await using world = new World();
  world.startHost();
  world.open();
  await world.passUntil(world.nowMs + 3 * HOUR);
  world.crash();
  world.nowMs += 40 * MINUTE;
  const old = world.message({ sentAt: world.nowMs - 35 * MINUTE });
  world.startHost();
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual([expect.stringMatching(/from (14:59|15:00) to 15:40\./)]);
});

test('the first start ever leaves nothing out', async () => {
  await using world = new World();
  world.startHost();
  await comeBack(world, [world.message({ sentAt: world.nowMs - 24 * HOUR })]);
  expect(world.channel.texts).toEqual(['hi']);
});

test('when every age is fresh all is answered and nothing told', async () => {
  await using world = new World();
  world.mentionFreshMs = 0;
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 72 * HOUR;
  world.startHost();
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual(['hi']);
});

test('what is replayed before the link opens is judged by the gap so far', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 2 * HOUR;
  expect(world.startHost().ingest(old)).toBe('context');
  await comeBack(world, []);
  expect(world.channel.texts).toEqual([expect.stringContaining('1 question came in')]);
});

test('a message that is delivered twice in a gap counts once', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 2 * HOUR;
  world.startHost();
  await comeBack(world, [old, old]);
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual([expect.stringContaining('1 question came in')]);
});

test('the chat is told only when the backlog has come in, however long that takes', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const backlog = [1, 2, 3].map(() => world.message());
  world.nowMs += 2 * HOUR;
  const engine = world.startHost();
  world.open();
  for (const message of backlog) {
    engine.ingest(message);
    await world.passUntil(world.nowMs + 10 * SECOND);
  }
  engine.onCaughtUp();
  expect(world.channel.texts).toEqual([]);
  await world.passUntil(world.nowMs + 2 * SECOND);
  expect(world.channel.texts).toEqual([expect.stringContaining('3 questions came in')]);
});

test('a server that never says that the backlog is out only delays the word', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 2 * HOUR;
  const engine = world.startHost();
  world.open();
  engine.ingest(old);
  await world.passUntil(world.nowMs + 30 * SECOND);
  expect(world.channel.texts).toEqual([expect.stringContaining('1 question came in')]);
});

test('an account in which somebody always writes is told all the same', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 2 * HOUR;
  const engine = world.startHost();
  world.open();
  engine.ingest(old);
  engine.onCaughtUp();
  const told = () => world.channel.texts.length > 0;
  for (let second = 0; second < 600 && !told(); second += 1) {
    engine.ingest(world.message({ chatJid: '77@g.us' }));
    await world.passUntil(world.nowMs + SECOND / 2);
  }
  expect(world.channel.texts).toEqual([expect.stringContaining('1 question came in')]);
});

test('once the backlog is in, an old question is answered', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const late = world.message();
  world.nowMs += 2 * HOUR;
  const engine = world.startHost();
  await comeBack(world, []);
  engine.ingest(late);
  await engine.idle();
  expect(world.channel.texts).toEqual(['hi']);
});

test.for(['before the link opens', 'while the backlog comes in', 'after the word is written'])(
  'a crash %s still tells of the whole gap, once',
  async (moment) => {
    await using world = new World();
    dieAfterOpen(world);
    const old = [world.message(), world.message()];
    world.nowMs += 2 * HOUR;
    const engine = world.startHost();
    if (moment !== 'before the link opens') world.open();
    world.channel.respond = () => ({ status: 'unconfirmed', reason: 'cut' });
    engine.ingest(old[0]!);
    if (moment === 'after the word is written') {
      engine.ingest(old[1]!);
      engine.onCaughtUp();
      await world.passUntil(world.nowMs + 2 * SECOND);
    }
    world.crash();
    world.nowMs += MINUTE;
    world.startHost();
    await comeBack(world, old);
    expect(world.channel.texts).toEqual([expect.stringMatching(/from 12:00 to .* 2 questions/)]);
  },
);

test('a link that breaks again while it catches up keeps the gap', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = [world.message(), world.message()];
  world.nowMs += 2 * HOUR;
  const engine = world.startHost();
  world.open();
  engine.ingest(old[0]!);
  engine.setChannelState({ status: 'connecting' });
  world.nowMs += MINUTE;
  await comeBack(world, old);
  expect(world.channel.texts).toEqual([expect.stringContaining('2 questions came in')]);
});

test('attempts to connect that fail do not shorten the gap', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  for (let minute = 0; minute < 8; minute += 4) {
    engine.setChannelState({ status: 'connecting' });
    world.nowMs += 4 * MINUTE;
  }
  await comeBack(world, [world.message({ sentAt: world.nowMs - HOUR })]);
  expect(world.channel.texts).toEqual([expect.stringContaining('from 12:00 to 12:08')]);
});

test('a second gap is told for itself, also when the host died right after the first', async () => {
  await using world = new World();
  dieAfterOpen(world);
  for (const count of [2, 1]) {
    const backlog = Array.from({ length: count }, () => world.message());
    world.nowMs += 2 * HOUR;
    world.startHost();
    await comeBack(world, backlog);
    if (count === 2) world.crash();
  }
  expect(world.channel.texts).toEqual([
    expect.stringMatching(/from 14:00 to 16:00\. 1 question came in/),
  ]);
});

test('a machine that slept was away until the link was made anew', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const old = world.message();
  world.nowMs += 2 * HOUR;
  // The timer of the minute fires as soon as the machine wakes; that the link is dead shows later.
  world.passDuringRuns(0);
  world.passDuringRuns(20 * SECOND);
  engine.setChannelState({ status: 'connecting' });
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual([expect.stringContaining('from 12:00 to 14:00')]);
});

test('a clock that is set forward while the link is open makes no gap', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.nowMs += 48 * HOUR;
  await world.passUntil(world.nowMs + 5 * MINUTE);
  engine.setChannelState({ status: 'connecting' });
  await comeBack(world, [world.message({ sentAt: world.nowMs - 48 * HOUR })]);
  expect(world.channel.texts).toEqual(['hi']);
});

test('a clock that is set back makes no gap, and the next gap is known again', async () => {
  await using world = new World();
  dieAfterOpen(world);
  world.nowMs -= 48 * HOUR;
  world.startHost();
  await comeBack(world, [world.message()]);
  world.crash();
  const old = world.message();
  world.nowMs += HOUR;
  world.startHost();
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual([expect.stringContaining('1 question came in')]);
});

test('each chat is told in its own time zone, and without receipts too', async () => {
  await using world = new World();
  const settings = { jid: WORK, name: 'Work', folder: 'work', receipts: false };
  world.groups.set(WORK, group({ ...settings, timeZone: 'Asia/Kolkata' }));
  dieAfterOpen(world);
  const backlog = [world.message(), world.message({ chatJid: WORK })];
  world.nowMs += 2 * HOUR;
  world.startHost();
  await comeBack(world, backlog);
  expect(world.channel.sent).toMatchObject([
    { chatJid: FAMILY, text: expect.stringContaining('from 12:00 to 14:00') },
    { chatJid: WORK, text: expect.stringContaining('from 17:30 to 19:30') },
  ]);
});

test('a database that refuses the word for a while only delays it', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 2 * HOUR;
  world.startHost();
  world.db?.exec(
    "create temp trigger full before insert on outbox begin select raise(abort, 'disk is full'); end",
  );
  await comeBack(world, [old]);
  expect(world.channel.texts).toEqual([]);
  world.db?.exec('drop trigger full');
  await world.passUntil(world.nowMs + MINUTE);
  expect(world.channel.texts).toEqual([expect.stringContaining('1 question came in')]);
});

test('a group that is registered no more is told nothing', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const old = world.message();
  world.nowMs += 2 * HOUR;
  world.startHost().ingest(old);
  world.groups.delete(FAMILY);
  await comeBack(world, []);
  expect(world.channel.texts).toEqual([]);
});

test('a thousand old questions in fifty chats make fifty messages', async () => {
  await using world = new World();
  const chats = Array.from({ length: 50 }, (_, index) => `${1_000 + index}@g.us`);
  for (const jid of chats)
    world.groups.set(jid, group({ jid, name: 'x', folder: `g${jid.slice(0, 4)}` }));
  dieAfterOpen(world);
  const backlog = Array.from({ length: 1_000 }, (_, index) =>
    world.message({ chatJid: chats[index % 50]! }),
  );
  world.nowMs += 2 * HOUR;
  world.startHost();
  world.db?.pragma('synchronous = OFF');
  await comeBack(world, backlog);
  expect(world.channel.sent.map(({ chatJid }) => chatJid).toSorted()).toEqual(chats.toSorted());
  expect(world.channel.texts[0]).toContain('20 questions came in');
});

test('a chat that is unregistered before it is told of its late questions stays silent, also when it is back', async () => {
  await using world = new World();
  dieAfterOpen(world);
  const backlog = [world.message()];
  world.nowMs += 2 * HOUR;
  world.startHost();
  const family = world.groups.get(FAMILY);
  world.open();
  for (const message of backlog) world.engine?.ingest(message);
  world.groups.delete(FAMILY);
  await comeBack(world, []);
  if (family !== undefined) world.groups.set(FAMILY, family);
  await comeBack(world, []);
  expect(world.channel.texts).toEqual([]);
  expect(decisions(world)).toEqual([['stale', 'context']]);
});
