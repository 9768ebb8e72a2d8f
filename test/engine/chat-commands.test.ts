import { expect, test } from 'vitest';
import type { ChatSignIn, ChatSignInOutcome } from '../../src/engine/chat-commands.ts';
import { answer } from '../fakes/fake-runner.ts';
import { FAMILY, group, MAIN, World } from './world.ts';

const OTHER_MAIN = '8@s.whatsapp.net';

/** A sign-in that waits for the test; aborting ends it as the real one ends. */
class PlayedSignIn {
  readonly begun: { show: (code: string) => void; end: (outcome: ChatSignInOutcome) => void }[] =
    [];
  readonly #waiters: { count: number; resolve: () => void }[] = [];

  readonly signIn: ChatSignIn = (_main, onCode, signal) => {
    const { promise, resolve } = Promise.withResolvers<ChatSignInOutcome>();
    signal.addEventListener('abort', () => resolve({ status: 'aborted' }));
    this.begun.push({ show: onCode, end: resolve });
    for (const waiter of this.#waiters) if (this.begun.length >= waiter.count) waiter.resolve();
    return promise;
  };

  /** The n-th sign-in, counted from 1, as soon as it has begun. */
  async wait(count: number) {
    if (this.begun.length < count) {
      await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }));
    }
    const begun = this.begun[count - 1];
    if (begun === undefined) throw new Error(`sign-in ${count} has not begun`);
    return begun;
  }
}

class CommandWorld extends World {
  played = new PlayedSignIn();
  override signIn: ChatSignIn = (...asked) => this.played.signIn(...asked);

  openHost() {
    const engine = this.startHost();
    this.open();
    return engine;
  }

  command(id: string, part: object = {}) {
    return this.message({ id, chatJid: MAIN, isGroup: false, text: '/login codex', ...part });
  }

  get rows(): unknown[] {
    const sql = 'select message_id as id, state from chat_commands order by seq';
    return this.db?.prepare(sql).all() ?? [];
  }
}

test('a sign-in asked for in the main chat shows its code and its end there, and asks no agent', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  expect(engine.ingest(world.command('C1'))).toBe('context');
  const signIn = await world.played.wait(1);
  signIn.show('the code');
  await world.channel.waitForSent(1);
  expect(world.rows).toEqual([{ id: 'C1', state: 'running' }]);
  signIn.end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.channel.sent).toMatchObject([
    { chatJid: MAIN, text: 'the code', quoted: { id: 'C1', text: '/login codex' } },
    { chatJid: MAIN, text: 'signed in', quoted: { id: 'C1' } },
  ]);
  expect(world.rows).toEqual([{ id: 'C1', state: 'done' }]);
  expect(world.runner.runs).toEqual([]);
});

test('it works while no model has a credential', async () => {
  await using world = new CommandWorld();
  const missing = { ok: false, reason: 'missing', notice: 'sign in', detail: 'none' } as const;
  world.credentialFor = () => missing;
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  (await world.played.wait(1)).end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.channel.texts).toEqual(['signed in']);
});

test('a sign-in that fails is told with its reason, and the next command tries again', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  (await world.played.wait(1)).end({ status: 'failed', text: 'nobody came' });
  await engine.idle();
  engine.ingest(world.command('C2'));
  (await world.played.wait(2)).end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.channel.texts).toEqual(['nobody came', 'signed in']);
  expect(world.rows).toEqual([
    { id: 'C1', state: 'failed' },
    { id: 'C2', state: 'done' },
  ]);
});

test('a sign-in that breaks is told without anything of the inside', async () => {
  await using world = new CommandWorld();
  world.signIn = () => Promise.reject(new Error('EROFS /somewhere'));
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  await engine.idle();
  expect(world.channel.texts).toEqual([expect.stringMatching(/^The sign-in broke on my side;/)]);
  expect(world.channel.texts[0]).not.toMatch(/EROFS|Error/);
  expect(world.rows).toEqual([{ id: 'C1', state: 'failed' }]);
});

test('a redelivered command begins nothing, during the sign-in and after it', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  const asked = world.command('C1');
  engine.ingest(asked);
  const signIn = await world.played.wait(1);
  expect(engine.ingest(asked)).toBe('duplicate');
  signIn.show('the code');
  signIn.end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(engine.ingest(asked)).toBe('duplicate');
  await engine.idle();
  expect(world.channel.texts).toEqual(['the code', 'signed in']);
  expect(world.played.begun).toHaveLength(1);
});

test('who asks while a sign-in goes on gets the same code again, and the end is told once', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  const signIn = await world.played.wait(1);
  engine.ingest(world.command('C2'));
  signIn.show('the code');
  await world.channel.waitForSent(2);
  engine.ingest(world.command('C3'));
  await world.channel.waitForSent(3);
  signIn.end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.played.begun).toHaveLength(1);
  expect(world.channel.sent).toMatchObject([
    { text: 'the code', quoted: { id: 'C1' } },
    { text: 'the code', quoted: { id: 'C2' } },
    { text: 'the code', quoted: { id: 'C3' } },
    { text: 'signed in', quoted: { id: 'C1' } },
  ]);
});

test('who asks while a sign-in goes on that never gets a code is served by the next one', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  engine.ingest(world.command('C2'));
  (await world.played.wait(1)).end({ status: 'failed', text: 'no server' });
  const second = await world.played.wait(2);
  second.show('the code');
  second.end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.channel.texts).toEqual(['no server', 'the code', 'signed in']);
});

test('another main chat is not shown the code of the one before, it waits for its own', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  const first = await world.played.wait(1);
  first.show('code one');
  const me = { jid: OTHER_MAIN, name: 'Me', folder: 'me', isMain: true };
  world.groups.set(OTHER_MAIN, group(me));
  engine.ingest(world.command('C2', { chatJid: OTHER_MAIN }));
  engine.ingest(world.command('C3'));
  await world.channel.waitForSent(2);
  expect(world.played.begun).toHaveLength(1);
  first.end({ status: 'ok', text: 'signed in' });
  (await world.played.wait(2)).show('code two');
  (await world.played.wait(2)).end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  const shown = world.channel.sent.map(({ chatJid }, index) => [
    chatJid,
    world.channel.texts[index],
  ]);
  expect(shown).toContainEqual([OTHER_MAIN, 'code two']);
  expect(shown).not.toContainEqual([OTHER_MAIN, 'code one']);
});

test('a command stored before a crash is done by the next host, once', async () => {
  await using world = new CommandWorld();
  const asked = world.command('C1');
  world.startHost().ingest(asked);
  world.crash();
  const engine = world.startHost();
  expect(engine.ingest(asked)).toBe('duplicate');
  world.open();
  engine.recover();
  const signIn = await world.played.wait(1);
  signIn.show('the code');
  signIn.end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.channel.texts).toEqual(['the code', 'signed in']);
  expect(world.played.begun).toHaveLength(1);
});

test.each(['crash', 'stopHost'] as const)(
  'after a %s during a sign-in the next host asks to say it again, once',
  async (end) => {
    await using world = new CommandWorld();
    world.openHost().ingest(world.command('C1'));
    const signIn = await world.played.wait(1);
    signIn.show('the code');
    await world.channel.waitForSent(1);
    await world[end]();
    for (const texts of [
      ['I was interrupted while I worked on `/login codex`; please send it again.'],
      [],
    ]) {
      const engine = world.openHost();
      await engine.idle();
      // A code that was written and not acked before the crash is written again.
      expect(world.channel.texts.filter((text) => text !== 'the code')).toEqual(texts);
      expect(world.rows).toEqual([{ id: 'C1', state: 'interrupted' }]);
      await world.stopHost();
    }
    expect(world.played.begun).toHaveLength(1);
  },
);

test.each([[MAIN], [OTHER_MAIN]])(
  'a command from %s that waits for the end of a sign-in when the host stops is done by the next host',
  async (chatJid) => {
    await using world = new CommandWorld();
    const me = { jid: OTHER_MAIN, name: 'Me', folder: 'me', isMain: true };
    world.groups.set(OTHER_MAIN, group(me));
    const first = world.openHost();
    first.ingest(world.command('C1'));
    const signIn = await world.played.wait(1);
    if (chatJid === OTHER_MAIN) signIn.show('the code');
    first.ingest(world.command('C2', { chatJid }));
    await world.stopHost();
    const engine = world.openHost();
    (await world.played.wait(2)).end({ status: 'ok', text: 'signed in' });
    await engine.idle();
    expect(world.rows).toEqual([
      { id: 'C1', state: 'interrupted' },
      { id: 'C2', state: 'done' },
    ]);
    expect(world.channel.sent).toContainEqual(
      expect.objectContaining({ chatJid, text: 'signed in' }),
    );
  },
);

test('taking up earlier work again leaves a sign-in that goes on alone', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  const signIn = await world.played.wait(1);
  engine.recover();
  signIn.show('the code');
  signIn.end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.channel.texts).toEqual(['the code', 'signed in']);
});

test('in another group the same words are a message like any other', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  world.runner.respond = () => answer('I cannot do that');
  expect(engine.ingest(world.message({ text: '@Assistant /login codex' }))).toBe('trigger');
  expect(engine.ingest(world.message({ text: '/login codex' }))).toBe('context');
  await engine.idle();
  expect(world.channel.sent).toMatchObject([{ chatJid: FAMILY, text: 'I cannot do that' }]);
  expect(world.rows).toEqual([]);
});

test('a command of a chat that is the main chat no more is not done', async () => {
  await using world = new CommandWorld();
  world.startHost().ingest(world.command('C1'));
  world.crash();
  world.groups.set(MAIN, group({ jid: MAIN, name: 'Me', folder: 'main' }));
  const engine = world.openHost();
  await engine.idle();
  expect(world.channel.sent).toEqual([]);
  expect(world.played.begun).toEqual([]);
  expect(world.rows).toEqual([{ id: 'C1', state: 'failed' }]);
});

test('what the host itself has sent is never a command, what its owner writes is', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  const id = engine.enqueue(MAIN, '/login codex', 'ipc:main:1.json') ?? '';
  expect(engine.ingest(world.command(id, { isFromMe: true }))).toBe('own');
  expect(world.rows).toEqual([]);
  engine.ingest(world.command('C1', { isFromMe: true }));
  (await world.played.wait(1)).end({ status: 'ok', text: 'signed in' });
  await engine.idle();
  expect(world.rows).toEqual([{ id: 'C1', state: 'done' }]);
});

test('an agent that answers later is shown the command as something that was said', async () => {
  await using world = new CommandWorld();
  const engine = world.openHost();
  engine.ingest(world.command('C1'));
  (await world.played.wait(1)).end({ status: 'ok', text: 'signed in' });
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message({ chatJid: MAIN, isGroup: false, text: 'are you there?' }));
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
  expect(world.runner.runs[0]?.request.prompt).toMatch(/login codex[^]*are you there/);
});
