import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type After, systemNow } from '../clock.ts';
import {
  createSilentHints,
  FAMILY,
  MAIN,
  MailboxWorld,
  message,
  WORK,
} from './mailbox-world.fixture.ts';

let world: MailboxWorld;

beforeEach(async () => {
  world = await MailboxWorld.create();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** Timers that fire when told to; `delays` are those waiting, in milliseconds. */
function createManualTimers(): { after: After; delays(): number[]; fire(delayMs: number): void } {
  const waiting = new Set<{ delayMs: number; call: () => void }>();
  return {
    after(delayMs, call) {
      const timer = { delayMs, call };
      waiting.add(timer);
      return () => void waiting.delete(timer);
    },
    delays: () => [...waiting].map(({ delayMs }) => delayMs).sort((a, b) => a - b),
    fire(delayMs) {
      for (const timer of [...waiting].filter((timer) => timer.delayMs === delayMs)) {
        waiting.delete(timer);
        timer.call();
      }
    },
  };
}

/** Resolves when `check` holds; asked again whenever the host has logged something. */
async function untilLogged(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a mailbox', () => {
  it('sends a message to the own chat and replies with its id', async () => {
    const host = await world.start();
    await world.send('family', 'a.json', {
      ...message(FAMILY.jid, 'hello'),
      groupFolder: 'work',
      sender: 'Researcher',
      timestamp: '2026-11-21T00:00:00Z',
    });
    await host.settle('family');
    expect(world.sent()).toEqual([[FAMILY.jid, 'hello']]);
    const messageId = world.db.prepare('select id from outbox').pluck().get();
    expect(await world.reply('family', 'a.json')).toEqual({
      ok: true,
      requestId: 'a.json',
      messageId,
    });
    expect(await world.leftovers('family')).toEqual([]);
  });

  it('hears of a request by an event', async () => {
    const timers = createManualTimers();
    await world.start({ after: timers.after });
    await untilLogged(() => timers.delays().length === 4);
    await world.send('family', 'a.json', message(FAMILY.jid, 'by event'));
    await untilLogged(() => world.audit('a.json') !== undefined);
    expect(world.sent()).toHaveLength(1);
  });

  it('finds requests by its sweep alone when the watcher is silent', async () => {
    const timers = createManualTimers();
    const host = await world.start({ after: timers.after, createHints: createSilentHints });
    await host.idle();
    await world.send('family', 'a.json', message(FAMILY.jid, 'by sweep'));
    await host.idle();
    expect(world.sent()).toEqual([]);
    timers.fire(10_000);
    await host.idle();
    expect(world.sent()).toHaveLength(1);
  });

  it('sweeps every second while a container runs and every ten otherwise', async () => {
    const timers = createManualTimers();
    const host = await world.start({ after: timers.after, createHints: createSilentHints });
    await host.idle();
    expect(timers.delays()).toEqual([10_000, 10_000, 10_000, 3_600_000]);
    host.setActive('family', true);
    await host.idle();
    expect(timers.delays()).toEqual([1_000, 10_000, 10_000, 3_600_000]);
    host.setActive('family', false);
    await host.idle();
    expect(timers.delays()).toEqual([10_000, 10_000, 10_000, 3_600_000]);
  });

  it('handles requests that were there before the host', async () => {
    await mkdir(world.box('family', 'messages'), { recursive: true });
    await world.send('family', 'early.json', message(FAMILY.jid, 'early'));
    const host = await world.start();
    await host.idle();
    expect(world.sent()).toEqual([[FAMILY.jid, 'early']]);
  });

  it('leaves temporary, hidden and other files alone', async () => {
    const host = await world.start();
    for (const name of ['a.json.tmp', '.b.json', 'c.txt', 'd.json.swp']) {
      await writeFile(join(world.box('family', 'messages'), name), '{}');
    }
    await mkdir(join(world.box('family', 'messages'), 'e.json'));
    await host.settle('family');
    expect(await readdir(world.box('family', 'messages'))).toHaveLength(5);
    expect(world.log.filter((line) => line.msg === 'ipc request')).toEqual([]);
  });

  it('handles a burst of 2,000 renames exactly once each', async () => {
    const host = await world.start();
    const names = Array.from({ length: 2_000 }, (_, index) => `${index}.json`);
    const box = world.box('family', 'messages');
    for (const name of names) {
      await writeFile(join(box, `${name}.tmp`), JSON.stringify(message(FAMILY.jid, name)));
    }
    await Promise.all(names.map((name) => rename(join(box, `${name}.tmp`), join(box, name))));
    await host.settle('family');
    expect(
      world
        .sent()
        .map(([, text]) => text)
        .sort(),
    ).toEqual([...names].sort());
    expect((await readdir(world.box('family', 'replies'))).sort()).toEqual([...names].sort());
    expect(await world.leftovers('family')).toEqual([]);
  }, 60_000);

  it.each(['messages', 'replies', 'mailbox'])('makes a deleted %s folder again', async (part) => {
    const timers = createManualTimers();
    const host = await world.start({ after: timers.after });
    await host.idle();
    await rm(part === 'mailbox' ? world.paths.ipc('family') : world.box('family', part), {
      recursive: true,
    });
    timers.fire(10_000);
    await host.idle();
    // By event, so the watcher must have turned to the new folder.
    await world.send('family', 'a.json', message(FAMILY.jid, 'again'));
    await untilLogged(() => world.audit('a.json') !== undefined);
    expect((await world.reply('family', 'a.json'))?.ok).toBe(true);
  });

  it('notices a folder that was deleted and made again between two sweeps', async () => {
    const timers = createManualTimers();
    const host = await world.start({ after: timers.after });
    await host.idle();
    await rm(world.box('family', 'messages'), { recursive: true });
    await mkdir(world.box('family', 'messages'));
    timers.fire(10_000);
    await host.idle();
    await world.send('family', 'a.json', message(FAMILY.jid, 'again'));
    await untilLogged(() => world.audit('a.json') !== undefined);
    expect(world.sent()).toHaveLength(1);
  });

  it('gives a folder it makes again the mode of the mailbox', async () => {
    const host = await world.start();
    await rm(world.box('family', 'messages'), { recursive: true });
    await host.settle('family');
    const mode = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await mode(world.box('family', 'messages'))).toBe(await mode(world.paths.ipc('family')));
  });

  it('does not let the flood of one group delay another', async () => {
    const host = await world.start({
      rate: { burst: 50, perSecond: 200 },
      createHints: createSilentHints,
    });
    const box = world.box('family', 'messages');
    const text = JSON.stringify(message(FAMILY.jid, 'flood'));
    await Promise.all(
      Array.from({ length: 12_000 }, (_, index) => writeFile(join(box, `${index}.json`), text)),
    );
    host.setActive('family', true);
    await world.send('work', 'a.json', message(WORK.jid, 'calm'));
    await host.settle('work');
    const own = world.sent().filter(([jid]) => jid === WORK.jid);
    const flooded = world.sent().length - own.length;
    expect(own).toHaveLength(1);
    // The other group's turn came while nearly all of the flood was still waiting.
    expect(flooded).toBeLessThan(1_000);
  }, 60_000);

  it('finishes the request in hand when it is disposed and leaves the others', async () => {
    const host = await world.start({ rate: { burst: 3, perSecond: 0.001 } });
    for (const name of ['a.json', 'b.json', 'c.json', 'd.json']) {
      await world.send('family', name, message(FAMILY.jid, name));
    }
    host.setActive('family', true);
    await untilLogged(() => world.sent().length > 0);
    await host[Symbol.asyncDispose]();
    const handled = world.sent().length;
    const waiting = await readdir(world.box('family', 'messages'));
    expect(handled + waiting.length).toBe(4);
    const next = await world.start();
    await next.idle();
    expect(world.sent()).toHaveLength(4);
  });

  it('stops serving a group that is not registered any more', async () => {
    const host = await world.start();
    world.groups = [MAIN, WORK];
    await world.send('family', 'a.json', message(FAMILY.jid, 'late'));
    await host.settle('family');
    expect(await world.refusal('family', 'a.json')).toBe('not_allowed');
    await host.setFolders(['main', 'work']);
    await world.send('family', 'b.json', message(FAMILY.jid, 'later'));
    await host.settle('family');
    expect(await readdir(world.box('family', 'messages'))).toEqual(['b.json']);
    expect(world.sent()).toEqual([]);
  });

  it('removes replies after a day', async () => {
    const old = join(world.box('family', 'replies'), 'old.json');
    await mkdir(world.box('family', 'replies'), { recursive: true });
    await writeFile(old, '{}');
    const twoDaysAgo = new Date(systemNow() - 2 * 86_400_000);
    await utimes(old, twoDaysAgo, twoDaysAgo);
    const host = await world.start();
    await world.send('family', 'new.json', message(FAMILY.jid, 'x'));
    await host.settle('family');
    expect(await readdir(world.box('family', 'replies'))).toEqual(['new.json']);
  });

  it('forgets requests after a week', async () => {
    const insert = world.db.prepare("insert into ipc_requests values ('family', ?, '', '{}', ?)");
    insert.run('old.json', systemNow() - 8 * 86_400_000);
    insert.run('new.json', systemNow() - 6 * 86_400_000);
    const timers = createManualTimers();
    await world.start({ after: timers.after });
    const known = () => world.db.prepare('select request_id from ipc_requests').pluck().all();
    expect(known()).toEqual(['new.json']);
    insert.run('old.json', systemNow() - 8 * 86_400_000);
    timers.fire(3_600_000);
    expect(known()).toEqual(['new.json']);
  });

  it('writes one audit line per request, without its text', async () => {
    const host = await world.start();
    await world.send('family', 'a.json', message(FAMILY.jid, 'sesame'));
    await world.send('family', 'b.json', message(WORK.jid, 'sesame'));
    await host.settle('family');
    expect(world.audit('a.json')).toMatchObject({
      level: 30,
      folder: 'family',
      type: 'message',
      outcome: 'accepted',
    });
    expect(world.audit('b.json')).toMatchObject({
      folder: 'family',
      type: 'message',
      outcome: 'refused',
      code: 'not_allowed',
    });
    expect(JSON.stringify(world.log)).not.toContain('sesame');
  });

  it('makes replies that every user can read', async () => {
    const host = await world.start();
    await world.send('family', 'a.json', message(FAMILY.jid, 'x'));
    await host.settle('family');
    const reply = join(world.box('family', 'replies'), 'a.json');
    expect((await stat(reply)).mode & 0o044).toBe(0o044);
    expect(await readFile(reply, 'utf8')).toMatch(/\}\n$/);
  });
});
