import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { FAMILY, group, MAIN, WORK, World } from './world.ts';

test('a mention is answered once, quoting the question', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi **there**');
  const asked = world.message();
  expect(engine.ingest(asked)).toBe('trigger');
  await engine.idle();
  expect(world.channel.sent).toMatchObject([
    { chatJid: FAMILY, text: 'hi *there*', quoted: { id: asked.id, text: asked.text } },
  ]);
  expect(world.channel.typing).toEqual([
    { chatJid: FAMILY, isTyping: true },
    { chatJid: FAMILY, isTyping: false },
  ]);
});

test('a redelivered message is answered once', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  expect(engine.ingest({ ...asked, text: '@Assistant something else' })).toBe('duplicate');
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
  expect(world.channel.sent).toHaveLength(1);
});

test('the same id from another sender is another message', async () => {
  await using world = new World();
  const engine = world.startHost();
  const asked = world.message();
  engine.ingest(asked);
  expect(engine.ingest({ ...asked, senderJid: '6@s.whatsapp.net' })).toBe('trigger');
});

test('messages without trigger wait and are given to the next run as context', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('ok');
  expect(engine.ingest(world.message({ text: 'the cake is at noon' }))).toBe('context');
  await engine.idle();
  expect(world.runner.runs).toHaveLength(0);
  engine.ingest(world.message({ text: '@Assistant when is the cake?' }));
  await engine.idle();
  const prompt = world.runner.runs[0]?.request.prompt;
  expect(prompt).toMatch(/the cake is at noon[^]*when is the cake/);
});

test('a later run sees the earlier conversation with our answers as history, and no message twice', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('at noon', 'session-1');
  engine.ingest(world.message({ text: '@Assistant first question' }));
  await engine.idle();
  engine.ingest(world.message({ text: '@Assistant second question' }));
  await engine.idle();
  const second = world.runner.runs[1]?.request;
  expect(second?.history).toMatch(/first question[^]*sender="assistant"[^]*at noon/);
  expect(second?.prompt).toContain('second question');
  expect(second?.prompt).not.toContain('first question');
  expect(second?.claude?.sessionId).toBe('session-1');
});

test('what arrives during a run is answered by the next run, never two at once', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message({ text: '@Assistant one' }));
  const first = await world.runner.waitForRun(1);
  engine.ingest(world.message({ text: '@Assistant two' }));
  engine.ingest(world.message({ text: '@Assistant three' }));
  expect(world.runner.runs).toHaveLength(1);
  first.end(answer('answer one'));
  const second = await world.runner.waitForRun(2);
  expect(second.request.prompt).toMatch(/two[^]*three/);
  second.end(answer('answer two and three'));
  await engine.idle();
  expect(world.channel.texts).toEqual(['answer one', 'answer two and three']);
});

test('no more runs at once than configured, other groups wait in order', async () => {
  await using world = new World();
  world.maxConcurrentContainers = 1;
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message());
  const first = await world.runner.waitForRun(1);
  engine.ingest(world.message({ chatJid: WORK }));
  expect(world.runner.runs).toHaveLength(1);
  expect(world.activities).toContainEqual({ type: 'queued', chatJid: WORK, ahead: 0 });
  first.end(answer('one'));
  const second = await world.runner.waitForRun(2);
  expect(second.request).toMatchObject({ provider: 'codex', group: { folder: 'work' } });
  second.end(answer('two'));
  await engine.idle();
});

test('the main chat needs no trigger, and what the owner writes on the phone counts', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('yes');
  expect(
    engine.ingest(world.message({ chatJid: MAIN, isGroup: false, isFromMe: true, text: 'hi' })),
  ).toBe('trigger');
  await engine.idle();
  const sent = world.channel.sent[0];
  expect(sent?.quoted).toBeUndefined();
  const echo = world.message({ chatJid: MAIN, isFromMe: true, id: sent?.id ?? '', text: 'yes' });
  expect(engine.ingest(echo)).toBe('own');
});

test('a reply to one of our messages is a trigger', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message());
  await engine.idle();
  const ours = world.channel.sent[0]?.id ?? '';
  expect(engine.ingest(world.message({ text: 'really?', quoted: { id: ours, text: 'hi' } }))).toBe(
    'trigger',
  );
});

test('of a chat that is not registered no message is kept', async () => {
  await using world = new World();
  const engine = world.startHost();
  expect(engine.ingest(world.message({ chatJid: '77@g.us' }))).toBe('unregistered');
  expect(world.db?.prepare('select count(*) as n from messages').get()).toEqual({ n: 0 });
});

test('without a credential no run is started and the chat is told what mends it', async () => {
  await using world = new World();
  world.credential = { ok: false, notice: 'Run `codex login`.', detail: 'none' };
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message());
  await engine.idle();
  expect(world.runner.runs).toHaveLength(0);
  expect(world.channel.texts).toEqual(['Run `codex login`.']);
});

test('a failed run is told in one sentence that shows nothing of the inside', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => ({
    status: 'failed',
    class: 'internal',
    detail: 'Error: ENOENT /home/someone/secret.ts:12',
    hasSideEffects: false,
  });
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.sent).toHaveLength(1);
  expect(world.channel.texts[0]).not.toMatch(/Error|\/|ENOENT/);
});

test('an overloaded model is asked again only when no tool has run', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => ({
    status: 'failed',
    class: 'overloaded',
    detail: '529',
    hasSideEffects: true,
  });
  engine.ingest(world.message());
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
  expect(world.channel.texts[0]).toContain('not reachable at the moment');
});

test('a lost session is replaced by a fresh one in the same turn', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('one', 'old');
  engine.ingest(world.message());
  await engine.idle();
  world.runner.respond = (run) =>
    run.request.claude?.sessionId === undefined
      ? answer('two', 'new')
      : { status: 'failed', class: 'session', detail: 'unknown', hasSideEffects: false };
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts).toEqual(['one', 'two']);
});

test('an empty answer is told, unless the agent sent something itself', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('<internal>done</internal>');
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts).toEqual([expect.stringContaining('without an answer')]);
  world.runner.respond = () => {
    engine.enqueue(FAMILY, 'sent by a tool', 'ipc:family:1.json');
    return answer('sent by a tool');
  };
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts.slice(1)).toEqual(['sent by a tool']);
});

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

test('what an agent asked for by files just before its end comes before the answer', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.onSettleRequests = () => void engine.enqueue(FAMILY, 'by a file', 'ipc:family:1.json');
  world.runner.respond = () => answer('the answer');
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts).toEqual(['by a file', 'the answer']);
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

test('a long text that nobody asked for does not push a question out of the prompt', async () => {
  await using world = new World();
  const engine = world.startHost();
  engine.ingest(world.message({ text: '@Assistant when is the cake?' }));
  engine.ingest(world.message({ text: 'long '.repeat(13_000) }));
  engine.ingest(world.message({ text: 'the cake is at noon' }));
  const { request } = await world.runner.waitForRun(1);
  expect(request.prompt).toMatch(/when is the cake[^]*the cake is at noon/);
  expect(request.prompt).not.toContain('long long');
});

test('of many missed messages the newest are shown, and every question', async () => {
  await using world = new World();
  const engine = world.startHost();
  engine.ingest(world.message({ text: '@Assistant first question' }));
  for (let index = 0; index < 300; index += 1) engine.ingest(world.message({ text: `(${index})` }));
  const { request } = await world.runner.waitForRun(1);
  expect(request.prompt.match(/<message /g)).toHaveLength(201);
  expect(request.prompt).toContain('first question');
  expect(request.prompt).toContain('(299)');
  expect(request.prompt).not.toContain('(99)');
});

test('what another group sends meanwhile does not stand in for an answer', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => {
    engine.enqueue(FAMILY, 'news from the main group', 'ipc:main:1.json');
    return answer('');
  };
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts).toContainEqual(expect.stringContaining('without an answer'));
});

test('a chat registered under a LID is known when the phone number becomes the canonical name', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  world.groups.set('55@lid', group({ jid: '55@lid', name: 'Ana', folder: 'ana' }));
  const direct = { chatJid: '5@s.whatsapp.net', senderAltJid: '55@lid', isGroup: false };
  expect(engine.ingest(world.message(direct))).toBe('trigger');
  await engine.idle();
  expect(world.channel.sent).toMatchObject([{ chatJid: '55@lid', text: 'hi' }]);
  const toBob = { ...direct, chatJid: '6@s.whatsapp.net', isFromMe: true };
  expect(engine.ingest(world.message(toBob))).toBe('unregistered');
});
