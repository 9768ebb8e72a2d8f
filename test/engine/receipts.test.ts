import { expect, test } from 'vitest';
import type { OutboundMessage } from '../../src/core/message.ts';
import { answer } from '../fakes/fake-runner.ts';
import { commitsOf } from './commits.ts';
import { FAMILY, group, MAIN, WORK, World } from './world.ts';

function receiptsWorld(): World {
  const world = new World();
  world.receipts = true;
  return world;
}

/** What a phone would see in order: `👀 M1` for a reaction, the text of everything else. */
function shown(sent: readonly OutboundMessage[]): string[] {
  return sent.map((message) => {
    if (message.kind === 'reaction') return `${message.emoji} ${message.target.id}`;
    return message.kind === 'text' ? message.text : message.kind;
  });
}

function outbox(world: World): unknown[] {
  const rows = world.db?.prepare<[], { origin: string; state: string; reason: string | null }>(
    "select origin, state, reason from outbox where origin like 'receipt:%' order by seq",
  );
  return (rows?.all() ?? []).map(({ origin, state, reason }) => [
    origin.split(':').at(-1),
    state,
    ...(reason === null ? [] : [reason]),
  ]);
}

test('a question shows that it was taken up, then its answer comes, then that it was answered', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  const asked = world.message();
  engine.ingest(asked);
  const run = await world.runner.waitForRun(1);
  await world.passUntilSent(1);
  run.end(answer('hi'));
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual([`👀 ${asked.id}`, 'hi', `✅ ${asked.id}`]);
  expect(world.channel.sent[0]).toMatchObject({ target: { senderJid: asked.senderJid } });
  expect(outbox(world)).toEqual([
    ['accepted', 'acked'],
    ['ended', 'acked'],
  ]);
});

test('a question without an answer shows so, beside the sentence that says why', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => ({
    status: 'failed',
    class: 'refused',
    detail: 'x',
    hasSideEffects: true,
  });
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual([
    expect.stringContaining('refused this request'),
    `⚠️ ${asked.id}`,
  ]);
});

test('an answer that comes at once leaves the first receipt unsent, and its row says why', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual(['hi', expect.stringContaining('✅')]);
  expect(outbox(world)).toEqual([
    ['accepted', 'rejected', 'superseded'],
    ['ended', 'acked'],
  ]);
});

test('every question of a run shows its end, and what was no question shows nothing', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  const questions = [world.message(), world.message({ senderJid: '6@s.whatsapp.net' })];
  engine.ingest(world.message({ text: 'just talk' }));
  for (const question of questions) engine.ingest(question);
  (await world.runner.waitForRun(1)).end(answer('both'));
  await engine.idle();
  expect(shown(world.channel.sent).filter((line) => line.startsWith('✅'))).toEqual(
    questions.map(({ id }) => `✅ ${id}`),
  );
  expect(world.channel.sent.at(-1)).toMatchObject({ target: { senderJid: '6@s.whatsapp.net' } });
});

test('a chat between two people shows receipts too, also at what the owner wrote', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  const asked = world.message({ chatJid: MAIN, isGroup: false, isFromMe: true });
  engine.ingest(asked);
  await engine.idle();
  expect(world.channel.sent.at(-1)).toMatchObject({
    kind: 'reaction',
    chatJid: MAIN,
    target: { id: asked.id },
  });
  expect(world.channel.sent.at(-1)).not.toHaveProperty('target.senderJid');
});

test.for([
  ['switched off for all', false, undefined],
  ['switched off in the group', true, false],
] as const)('receipts that are %s cost nothing but themselves', async ([, everywhere, here]) => {
  await using world = new World();
  world.receipts = everywhere;
  const receipts = here === undefined ? {} : { receipts: here };
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'family', ...receipts }));
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual(['hi']);
  expect(outbox(world)).toEqual([]);
});

test('a group may have receipts where the others have none', async () => {
  await using world = new World();
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'F', folder: 'family', receipts: true }));
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  engine.ingest(world.message({ chatJid: WORK }));
  await engine.idle();
  expect(world.channel.sent.filter((one) => one.kind === 'reaction')).toMatchObject([
    { chatJid: FAMILY },
  ]);
});

test('a question whose receipt was shown shows its end although receipts were switched off meanwhile', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  await world.passUntilSent(1);
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'F', folder: 'family', receipts: false }));
  run.end(answer('hi'));
  await engine.idle();
  expect(shown(world.channel.sent).at(-1)).toMatch(/^✅/);
});

test.for(['trigger', 'drop'] as const)(
  'who may not ask gets no receipt, when others are kept by %s',
  async (mode) => {
    await using world = receiptsWorld();
    const senders = { allow: ['+49 151 12345678'], mode };
    world.groups.set(FAMILY, group({ jid: FAMILY, name: 'F', folder: 'family', senders }));
    const engine = world.startHost();
    world.open();
    world.runner.respond = () => answer('hi');
    const allowed = world.message({ senderJid: '4915112345678@s.whatsapp.net' });
    engine.ingest(world.message());
    engine.ingest(allowed);
    await engine.idle();
    expect(shown(world.channel.sent)).toEqual(['hi', `✅ ${allowed.id}`]);
  },
);

test('a redelivered question gets no second receipt', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  engine.ingest(asked);
  await engine.idle();
  expect(outbox(world)).toHaveLength(2);
});

test('a receipt that the server does not confirm holds back no answer', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.channel.respond = (message) =>
    message.kind === 'reaction' ? { status: 'unconfirmed', reason: 'no answer' } : undefined;
  engine.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  await world.passUntilSent(1);
  run.end(answer('hi'));
  await engine.idle();
  const texts = world.channel.sent.filter((one) => one.kind === 'text');
  expect(texts).toMatchObject([{ text: 'hi' }]);
  const state = world.db?.prepare("select state from outbox where origin like 'run:%'").pluck();
  expect(state?.get()).toBe('acked');
});

test('a receipt waits for the answer before it, however long that takes to be confirmed', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.channel.respond = (message) =>
    message.kind === 'text' ? { status: 'unconfirmed', reason: 'no answer' } : undefined;
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual(['hi']);
  world.channel.respond = undefined;
  world.open();
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual(['hi', 'hi', expect.stringContaining('✅')]);
});

test('a receipt that the server refuses fails no run', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.channel.respond = (message) =>
    message.kind === 'reaction' ? { status: 'rejected', reason: 'gone' } : undefined;
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  expect(world.activities).toContainEqual(expect.objectContaining({ type: 'answered' }));
  expect(shown(world.channel.sent)).toEqual(['hi', expect.stringContaining('✅')]);
});

test('a first receipt that is on its way when the answer is written is not sent again', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.channel.outcomes = [{ status: 'unconfirmed', reason: 'no answer' }];
  engine.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  await world.passUntilSent(1);
  run.end(answer('hi'));
  await engine.idle();
  expect(shown(world.channel.sent).map((line) => line.slice(0, 2))).toEqual(['👀', 'hi', '✅ ']);
});

test('a receipt adds no commit to the way of a question to its agent', async () => {
  const commits = await Promise.all(
    [true, false].map(async (receipts) => {
      await using world = new World();
      world.receipts = receipts;
      const engine = world.startHost();
      world.open();
      const before = commitsOf(world);
      engine.ingest(world.message());
      await world.runner.waitForRun(1);
      return commitsOf(world) - before;
    }),
  );
  expect(commits[0]).toBe(commits[1]);
});

test('the agent is asked before the receipt goes out', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message());
  await world.runner.waitForRun(1);
  expect(world.channel.sent).toEqual([]);
  await world.passUntilSent(1);
});

test('a later question reads nothing of receipts in the conversation', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  engine.ingest(world.message());
  await engine.idle();
  const { prompt, history } = (await world.runner.waitForRun(2)).request;
  expect(history).toContain('hi');
  expect(`${history} ${prompt}`).not.toMatch(/reaction|✅|👀/);
});

test('the end of a run in a group that is registered no more sends nothing', async () => {
  await using world = receiptsWorld();
  world.startHost().ingest(world.message());
  await world.runner.waitForRun(1);
  world.crash();
  world.groups.delete(FAMILY);
  const engine = world.startHost();
  engine.recover();
  await engine.idle();
  world.open();
  await engine.idle();
  expect(world.channel.sent).toEqual([]);
  expect(outbox(world)).toEqual([['accepted', 'rejected', 'superseded']]);
});

test('a scheduled message to a chat shows no receipts', async () => {
  await using world = receiptsWorld();
  const engine = world.startHost();
  world.open();
  engine.enqueue(FAMILY, 'good morning', 'ipc:family:1.json');
  await engine.idle();
  expect(shown(world.channel.sent)).toEqual(['good morning']);
});
