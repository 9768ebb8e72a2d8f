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
  await engine.idle();
  await world.passUntil(world.nowMs + 1_000);
  expect(world.channel.sent).toHaveLength(2);
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

const FILE = {
  kind: 'media',
  chatJid: FAMILY,
  media: 'document',
  spoolName: 'copy',
  mimetype: 'text/plain',
} as const;

test('a file is uploaded once, however often its message is sent, and its copy goes with the ack', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.outcomes = [{ status: 'unconfirmed', reason: 'no answer' }];
  engine.post(FILE, 'test:file');
  await world.passUntilSent(2);
  await engine.idle();
  expect(world.channel.uploads).toHaveLength(1);
  expect(world.channel.sent[1]).toEqual(world.channel.sent[0]);
  expect(world.droppedFiles).toEqual(['copy']);
});

test('a host that dies after the upload leaves the same upload to the next one', async () => {
  await using world = new World();
  world.startHost().post(FILE, 'test:file');
  world.open();
  world.channel.respond = () => {
    world.crash();
    return { status: 'unconfirmed', reason: 'dead' };
  };
  await world.passUntilSent(1);
  const [first] = world.channel.sent;
  const engine = world.startHost();
  world.open();
  await engine.idle();
  expect(world.channel.uploads).toEqual([]);
  expect(world.channel.sent).toEqual([first]);
});

test('a file that cannot be uploaded now is tried again, one that never can is given up', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.uploadOutcomes = [
    { status: 'unconfirmed', reason: 'not connected' },
    { status: 'rejected', reason: 'gone' },
  ];
  engine.post(FILE, 'test:file');
  engine.enqueue(FAMILY, 'behind it', 'test:text');
  await world.passUntilSent(1);
  await engine.idle();
  expect(world.channel.uploads).toHaveLength(2);
  expect(world.channel.texts).toEqual(['behind it']);
  expect(world.droppedFiles).toEqual(['copy']);
});

test('a row from before there were other kinds than texts is sent', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.db
    ?.prepare(
      `insert into outbox (id, chat_jid, origin, payload_json, state, created_at)
       values ('3EB0OLD', ?, 'run:old:0', '{"text":"old","mentions":[]}', 'pending', 1)`,
    )
    .run(FAMILY);
  world.open();
  await engine.idle();
  expect(world.channel.sent).toEqual([
    { kind: 'text', id: '3EB0OLD', chatJid: FAMILY, text: 'old', mentions: [] },
  ]);
});

test('a file that cannot be uploaded for minutes is given up, and what waits behind it goes out', async () => {
  await using world = new World();
  const engine = world.startHost();
  engine.post(FILE, 'test:file');
  engine.enqueue(FAMILY, 'behind it', 'test:text');
  world.db?.exec("update outbox set attempts = 8 where origin = 'test:file'");
  world.channel.uploadOutcomes = [{ status: 'unconfirmed', reason: 'no media host' }];
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['behind it']);
  expect(world.droppedFiles).toEqual(['copy']);
});

test('a link that closes while a message is on its way leaves it and all behind it to the next opening', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.respond = () => {
    engine.setChannelState({ status: 'connecting' });
    return { status: 'unconfirmed', reason: 'connection closed' };
  };
  engine.enqueue(FAMILY, 'first', 'test:1');
  engine.enqueue(FAMILY, 'second', 'test:2');
  await engine.idle();
  await world.passUntil(world.nowMs + 120_000);
  expect(world.channel.texts).toEqual(['first']);
  world.channel.respond = () => undefined;
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['first', 'first', 'second']);
});

test('a link that closes behind an acked message keeps the next one', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.respond = () => {
    engine.setChannelState({ status: 'connecting' });
    return { status: 'acked' };
  };
  engine.enqueue(FAMILY, 'first', 'test:1');
  engine.enqueue(FAMILY, 'second', 'test:2');
  await engine.idle();
  expect(world.channel.texts).toEqual(['first']);
});

test('a text that is cut mentions and quotes in its first message alone', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const options = { mentions: ['5@s.whatsapp.net'], quoted: { id: 'Q', text: 'why?' } };
  engine.enqueue(FAMILY, `@Nobody ${'word '.repeat(1_200)}`, 'test:1', options);
  await engine.idle();
  const [first, second] = world.channel.sent;
  expect(first).toMatchObject(options);
  expect(second).toMatchObject({ mentions: [] });
  expect(second).not.toHaveProperty('quoted');
});
