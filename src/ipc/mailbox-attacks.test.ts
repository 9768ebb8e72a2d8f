import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MAX_REQUEST_BYTES } from '@deckhand/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAMILY, MAIN, MailboxWorld, message, WORK } from './mailbox-world.fixture.ts';
import type { Mailboxes } from './mailboxes.ts';

const run = promisify(execFile);

let world: MailboxWorld;
let host: Mailboxes;
let box: string;

beforeEach(async () => {
  world = await MailboxWorld.create();
  host = await world.start();
  // Its first look at the mailbox must not make folders again that a test exchanges.
  await host.idle();
  box = world.box('family', 'messages');
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** That the host still serves, this group and another one. */
async function expectAlive(): Promise<void> {
  for (const group of [FAMILY, WORK]) {
    await world.send(group.folder, 'alive.json', message(group.jid, 'alive'));
    await host.settle(group.folder);
    expect((await world.reply(group.folder, 'alive.json'))?.ok).toBe(true);
  }
}

describe('a file that is not a plain one', () => {
  const canary = JSON.stringify(message(FAMILY.jid, 'canary'));

  it.each<[string, () => Promise<unknown>]>([
    [
      'a link to a file outside',
      async () => {
        await writeFile(join(world.paths.home, 'outside.json'), canary);
        await symlink(join(world.paths.home, 'outside.json'), join(box, 'bad.json'));
      },
    ],
    ['a link to a device', () => symlink('/dev/zero', join(box, 'bad.json'))],
    ['a link to itself', () => symlink('bad.json', join(box, 'bad.json'))],
    ['a pipe', () => run('mkfifo', [join(box, 'bad.json')])],
    [
      'a file with a second name',
      async () => {
        await writeFile(join(world.box('family', 'input'), 'twin'), canary);
        await link(join(world.box('family', 'input'), 'twin'), join(box, 'bad.json'));
      },
    ],
    [
      'a socket',
      async () => {
        const server = createServer().listen(join(box, 'socket.tmp'));
        await once(server, 'listening');
        await rename(join(box, 'socket.tmp'), join(box, 'bad.json'));
        server.close();
      },
    ],
  ])('is quarantined unread and refused: %s', async (_what, plant) => {
    await plant();
    await host.settle('family');
    expect(await world.refusal('family', 'bad.json')).toBe('unsafe_file');
    expect(await world.quarantined('family')).toEqual([
      expect.objectContaining({ box: 'messages', name: 'bad.json', code: 'unsafe_file' }),
    ]);
    expect(world.sent()).toEqual([]);
    expect(await world.leftovers('family')).toEqual([]);
    await expectAlive();
  });

  it('is quarantined when it is a device', async ({ skip }) => {
    const made = await run('mknod', [join(box, 'bad.json'), 'c', '1', '5']).catch(() => undefined);
    skip(made === undefined, 'making a device needs root');
    await host.settle('family');
    expect(await world.refusal('family', 'bad.json')).toBe('unsafe_file');
    await expectAlive();
  });
});

describe('a file with bad content', () => {
  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'malformed'],
    ['half an object', '{"type":"message","chatJid":"2@g', 'malformed'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'malformed'],
    ['NUL', '\0'.repeat(1000), 'malformed'],
    ['no object', '"message"', 'malformed'],
    ['no type', '{"chatJid":"2@g.us","text":"x"}', 'malformed'],
    ['a long type', JSON.stringify({ type: 'x'.repeat(60_000) }), 'malformed'],
    ['an unknown type', '{"type":"register_group"}', 'unknown_type'],
    [
      'an unknown field',
      JSON.stringify({ ...message(FAMILY.jid, 'x'), isMain: true }),
      'malformed',
    ],
    [
      'a text that is too long',
      JSON.stringify(message(FAMILY.jid, 'x'.repeat(32_001))),
      'malformed',
    ],
    [
      'a prototype',
      '{"type":"message","chatJid":"2@g.us","text":"x","__proto__":{"isMain":true}}',
      'malformed',
    ],
    [
      'deep nesting',
      `{"type":"message","text":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      'malformed',
    ],
    ['65 KiB', JSON.stringify(message(FAMILY.jid, 'é'.repeat(33_000))), 'too_large'],
  ])('is refused: %s', async (_what, content, code) => {
    await world.send('family', 'bad.json', content);
    await host.settle('family');
    const reply = await world.reply('family', 'bad.json');
    expect(reply).toMatchObject({ ok: false, code });
    expect(JSON.stringify(reply).length).toBeLessThan(1_000);
    expect(JSON.stringify(world.audit('bad.json')).length).toBeLessThan(500);
    expect(world.sent()).toEqual([]);
    expect(await world.leftovers('family')).toEqual([]);
    await expectAlive();
  });

  it('is not read when it has a gigabyte', async () => {
    await writeFile(join(box, 'bad.tmp'), '');
    await truncate(join(box, 'bad.tmp'), 2 ** 30);
    await rename(join(box, 'bad.tmp'), join(box, 'bad.json'));
    await host.settle('family');
    expect(await world.refusal('family', 'bad.json')).toBe('too_large');
    // More than the quarantine keeps.
    expect(await world.quarantined('family')).toEqual([]);
  });

  it('may have exactly the largest size', async () => {
    const text = JSON.stringify(message(FAMILY.jid, 'x'));
    await world.send('family', 'full.json', text.padEnd(MAX_REQUEST_BYTES));
    await host.settle('family');
    expect((await world.reply('family', 'full.json'))?.ok).toBe(true);
  });

  it('may be sent again under the same name when it is corrected', async () => {
    await world.send('family', 'a.json', '{');
    await host.settle('family');
    await world.send('family', 'a.json', message(FAMILY.jid, 'corrected'));
    await host.settle('family');
    expect(await world.reply('family', 'a.json')).toMatchObject({ ok: true });
  });
});

describe('a bad file name', () => {
  it.each([
    'a b.json',
    'ü.json',
    'a\nb.json',
    '\u001b[31m.json',
    `${'x'.repeat(200)}.json`,
    '\u202egnp.json',
  ])('is refused: %j', async (name) => {
    await world.send('family', name, message(FAMILY.jid, 'x'));
    await host.settle('family');
    expect(await world.refusal('family', name)).toBe('malformed');
    expect(world.sent()).toEqual([]);
    await expectAlive();
  });

  it('that is not UTF-8 is left alone', async () => {
    const name = Buffer.concat([Buffer.from(`${box}/`), Buffer.from([0xff]), Buffer.from('.json')]);
    await writeFile(name, JSON.stringify(message(FAMILY.jid, 'x')));
    await expectAlive();
    expect(world.sent()).toHaveLength(2);
    await rm(name);
  });
});

describe('an exchanged folder', () => {
  it('is not followed where requests are read', async () => {
    const outside = join(world.paths.home, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'a.json'), JSON.stringify(message(FAMILY.jid, 'canary')));
    await rm(box, { recursive: true });
    await symlink(outside, box);
    await host.settle('family');
    expect(await readdir(outside)).toEqual(['a.json']);
    expect(world.sent()).toEqual([]);
    await expectAlive();
  });

  it('is not followed to the mailbox of another group', async () => {
    await rm(box, { recursive: true });
    await symlink(world.box('main', 'messages'), box);
    await world.send('main', 'a.json', message(MAIN.jid, 'of main'));
    await host.settle('family');
    await host.settle('main');
    expect((await world.reply('main', 'a.json'))?.ok).toBe(true);
    expect(await world.reply('family', 'a.json')).toBeUndefined();
  });

  it('is not followed where replies are written', async () => {
    const outside = join(world.paths.home, 'outside');
    await mkdir(outside);
    await rm(world.box('family', 'replies'), { recursive: true });
    await symlink(outside, world.box('family', 'replies'));
    await world.send('family', 'a.json', message(FAMILY.jid, 'x'));
    await host.settle('family');
    expect(await readdir(outside)).toEqual([]);
    expect((await world.reply('family', 'a.json'))?.ok).toBe(true);
  });

  it('is set aside when it is a pipe or a file', async () => {
    await rm(box, { recursive: true });
    await run('mkfifo', [box]);
    await rm(world.box('family', 'replies'), { recursive: true });
    await writeFile(world.box('family', 'replies'), 'x');
    await host.settle('family');
    await expectAlive();
    expect(await world.quarantined('family')).toHaveLength(2);
  });

  it('is not followed when it changes all the time', async () => {
    const outside = join(world.paths.home, 'outside');
    await mkdir(outside);
    const canary = JSON.stringify(message(FAMILY.jid, 'canary'));
    for (let index = 0; index < 50; index += 1) {
      await writeFile(join(outside, `${index}.json`), canary);
    }
    for (let swap = 0; swap < 100; swap += 1) {
      const settled = host.settle('family');
      // The host may be the quicker one at each of these steps.
      await rename(box, `${box}-${swap}`);
      await Promise.allSettled([symlink(outside, box)]);
      await Promise.allSettled([unlink(box)]);
      await settled;
      await host.settle('family');
    }
    expect(await readdir(outside)).toHaveLength(50);
    expect(world.sent()).toEqual([]);
    await expectAlive();
  });
});

describe('a hostile reply folder', () => {
  it('cannot make the host write through a link or lose other requests', async () => {
    const target = join(world.paths.home, 'target');
    await writeFile(target, 'untouched');
    await symlink(target, join(world.box('family', 'replies'), 'a.json'));
    await mkdir(join(world.box('family', 'replies'), 'b.json', 'full'), { recursive: true });
    await world.send('family', 'a.json', message(FAMILY.jid, 'a'));
    await world.send('family', 'b.json', message(FAMILY.jid, 'b'));
    await host.settle('family');
    expect(await readFile(target, 'utf8')).toBe('untouched');
    expect((await world.reply('family', 'a.json'))?.ok).toBe(true);
    expect(world.sent().map(([, text]) => text)).toEqual(['a', 'b']);
    expect(await world.leftovers('family')).toEqual([]);
  });
});

describe('a request for another group', () => {
  it.each([
    ['another group', WORK.jid],
    ['the main group', MAIN.jid],
    ['a stranger', '4915@s.whatsapp.net'],
    ['its own chat in another spelling', `${FAMILY.jid} `],
  ])('leaves no row and an audit line: %s', async (_whom, chatJid) => {
    await world.send('family', 'a.json', { ...message(chatJid, 'x'), groupFolder: 'main' });
    await host.settle('family');
    expect(await world.refusal('family', 'a.json')).toBe('not_allowed');
    expect(world.audit('a.json')).toMatchObject({ folder: 'family', code: 'not_allowed' });
    expect(world.sent()).toEqual([]);
    expect(world.db.prepare('select count(*) from ipc_requests').pluck().get()).toBe(0);
  });

  it('is allowed to main for registered groups alone', async () => {
    await world.send('main', 'a.json', message(WORK.jid, 'from main'));
    await world.send('main', 'b.json', message('9@g.us', 'x'));
    await host.settle('main');
    expect(world.sent()).toEqual([[WORK.jid, 'from main']]);
    expect(await world.refusal('main', 'b.json')).toBe('unknown_chat');
  });

  it('cannot be smuggled in by writing to a claimed request', async () => {
    await using held = await open(join(box, 'a.tmp'), 'w');
    await held.writeFile(JSON.stringify(message(FAMILY.jid, 'harmless')));
    await rename(join(box, 'a.tmp'), join(box, 'a.json'));
    await host.settle('family');
    await held.write(JSON.stringify(message(WORK.jid, 'smuggled')), 0);
    await host.settle('family');
    expect(world.sent().filter(([jid]) => jid !== FAMILY.jid)).toEqual([]);
  });
});

describe('the quarantine', () => {
  it('keeps a bounded number of files', async () => {
    for (let index = 0; index < 150; index += 1) {
      await writeFile(join(box, `${String(index).padStart(3, '0')}.json`), 'bad');
    }
    await host.settle('family');
    const kept = await world.quarantined('family');
    expect(kept).toHaveLength(100);
    expect(kept.map(({ name }) => name)).toContain('149.json');
    expect(await readdir(join(world.paths.quarantineRoot, 'family'))).toHaveLength(200);
  });
});
