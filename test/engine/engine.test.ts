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

test('a message redelivered when its author has become known by another JID is answered once', async () => {
  await using world = new World();
  const engine = world.startHost();
  const asked = world.message({ senderJid: '55@lid' });
  expect(engine.ingest(asked)).toBe('trigger');
  const again = { ...asked, senderJid: '5@s.whatsapp.net', senderAltJid: '55@lid' };
  expect(engine.ingest(again)).toBe('duplicate');
  expect(engine.ingest({ ...again, id: 'other' })).toBe('trigger');
});

test('the same id from another sender is another message', async () => {
  await using world = new World();
  const engine = world.startHost();
  const asked = world.message();
  engine.ingest(asked);
  expect(engine.ingest({ ...asked, senderJid: '6@s.whatsapp.net' })).toBe('trigger');
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
  expect(sent).not.toHaveProperty('quoted');
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
  const notice = 'Run `deckhand login codex`.';
  world.credentialFor = () => ({ ok: false, reason: 'missing', notice, detail: 'none' });
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message());
  await engine.idle();
  expect(world.runner.runs).toHaveLength(0);
  expect(world.channel.texts).toEqual([notice]);
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
  await world.passWaits(0);
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

test('what an agent sent by a tool is not said again when the clock was set back meanwhile', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => {
    world.nowMs -= 3_600_000;
    engine.enqueue(FAMILY, 'sent by a tool', 'ipc:family:1.json');
    return answer('sent by a tool');
  };
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts).toEqual(['sent by a tool']);
});

test('what the run before sent by a tool is no answer when the clock was set back since', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => {
    engine.enqueue(FAMILY, 'sent by a tool', 'ipc:family:1.json');
    return answer('');
  };
  engine.ingest(world.message());
  await engine.idle();
  world.nowMs -= 3_600_000;
  world.runner.respond = () => answer('');
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.texts).toEqual([
    'sent by a tool',
    expect.stringContaining('without an answer'),
  ]);
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
  const direct = { chatJid: '5@s.whatsapp.net', chatAltJid: '55@lid', isGroup: false };
  expect(engine.ingest(world.message(direct))).toBe('trigger');
  await engine.idle();
  expect(world.channel.sent).toMatchObject([{ chatJid: '55@lid', text: 'hi' }]);
  const fromUs = world.message({ ...direct, senderJid: '100@s.whatsapp.net', isFromMe: true });
  expect(engine.ingest(fromUs)).toBe('trigger');
  const toBob = { chatJid: '6@s.whatsapp.net', isGroup: false, isFromMe: true };
  expect(engine.ingest(world.message(toBob))).toBe('unregistered');
});
