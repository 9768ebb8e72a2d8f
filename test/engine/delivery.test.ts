import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { FAMILY, World } from './world.ts';

test('an unconfirmed message is sent again with the same id', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.outcomes = [{ status: 'unconfirmed', reason: 'connection closed' }];
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await world.channel.waitForSent(2);
  await engine.idle();
  expect(new Set(world.channel.sent.map((message) => message.id)).size).toBe(1);
});

test('a refused message is given up and the next one of the chat still goes out', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.outcomes = [{ status: 'rejected', reason: 'not in group' }];
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.sent).toHaveLength(2);
});

test('while the link is down answers wait in the outbox and go out when it opens', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.sent).toHaveLength(0);
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['hi']);
});

test('chats whose messages are never confirmed do not keep another chat from its own', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.respond = ({ chatJid }) =>
    chatJid === FAMILY ? undefined : { status: 'unconfirmed', reason: 'no answer' };
  for (let chat = 100; chat < 140; chat += 1) engine.enqueue(`${chat}@g.us`, 'hi', `test:${chat}`);
  engine.enqueue(FAMILY, 'hello', 'test:family');
  await engine.idle();
  expect(world.channel.sent.at(-1)).toMatchObject({ chatJid: FAMILY });
  expect(world.activities).toContainEqual(
    expect.objectContaining({ type: 'sent', chatJid: FAMILY }),
  );
});

test('an ack that cannot be stored leaves the message to be sent again under the same id', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.db?.exec(
    "create trigger full before update on outbox begin select raise(abort, 'disk full'); end",
  );
  engine.enqueue(FAMILY, 'hello', 'test:family');
  await engine.idle();
  expect(world.channel.sent).toHaveLength(1);
  world.db?.exec('drop trigger full');
  world.open();
  await engine.idle();
  const [first, second, ...rest] = world.channel.sent;
  expect(second?.id).toBe(first?.id);
  expect(rest).toEqual([]);
});
