import { readdirSync } from 'node:fs';
import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onCrashPoint } from '../crash-points.ts';
import { FAMILY, MailboxWorld, message } from './mailbox-world.fixture.ts';

let world: MailboxWorld;

beforeEach(async () => {
  world = await MailboxWorld.create();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const request = message(FAMILY.jid, 'once');

/** Lets a host handle the request, so that its row and effect are there, and stops it. */
async function handleOnce(): Promise<void> {
  await using host = await world.start();
  await world.send('family', 'a.json', request);
  await host.settle('family');
}

async function expectOneEffect(): Promise<void> {
  expect(world.sent()).toEqual([[FAMILY.jid, 'once']]);
  expect(await world.reply('family', 'a.json')).toMatchObject({ ok: true, requestId: 'a.json' });
  expect(await world.leftovers('family')).toEqual([]);
}

describe('a host that starts after a crash', () => {
  it('leaves a file alone that was not renamed into place yet', async () => {
    await mkdir(world.box('family', 'messages'), { recursive: true });
    await writeFile(join(world.box('family', 'messages'), 'a.json.tmp'), JSON.stringify(request));
    await using host = await world.start();
    await host.idle();
    expect(world.sent()).toEqual([]);
    expect(await world.leftovers('family')).toEqual(['a.json.tmp']);
  });

  it('handles a request that was in place but not claimed', async () => {
    await mkdir(world.box('family', 'messages'), { recursive: true });
    await world.send('family', 'a.json', request);
    await using host = await world.start();
    await host.idle();
    await expectOneEffect();
  });

  it('handles a request that was claimed but had no effect yet', async () => {
    await world.plantClaim('family', 'a.json', request);
    await using host = await world.start();
    await host.idle();
    await expectOneEffect();
  });

  it('only replies to a request whose effect was committed', async () => {
    await handleOnce();
    const before = await world.reply('family', 'a.json');
    const replies = world.box('family', 'replies');
    await rename(join(replies, 'a.json'), join(replies, 'gone'));
    await world.plantClaim('family', 'a.json', request);
    await using host = await world.start();
    await host.idle();
    await expectOneEffect();
    expect(await world.reply('family', 'a.json')).toEqual(before);
    expect(world.audit('a.json')).toMatchObject({ outcome: 'repeated' });
  });

  it('only removes a request whose reply was written', async () => {
    await handleOnce();
    await world.plantClaim('family', 'a.json', request);
    await using host = await world.start();
    await host.idle();
    await expectOneEffect();
  });

  it('removes what was left half written, and nothing that somebody still writes', async () => {
    const folders = [world.paths.ipc('family'), world.box('family', 'replies')];
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, '.0123456789abcdef.tmp'), '{');
      await utimes(join(folder, '.0123456789abcdef.tmp'), 0, 0);
      await writeFile(join(folder, '.fedcba9876543210.tmp'), '{');
    }
    await using host = await world.start();
    await host.idle();
    for (const folder of folders) {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
      expect(names).toEqual(['.fedcba9876543210.tmp']);
    }
  });

  it('tells when it has first looked into a mailbox, and no more', async () => {
    await world.plantClaim('family', 'a.json', request);
    await using host = await world.start();
    expect(host.recovering('nobody')).toBeUndefined();
    await host.recovering('family');
    await expectOneEffect();
    expect(host.recovering('family')).toBeUndefined();
    await world.send('family', 'b.json', request);
    const settled = host.settle('family');
    expect(host.recovering('family')).toBeUndefined();
    await settled;
  });

  it('leaves nothing of a refused request to be taken for an accepted one', async () => {
    await world.plantClaim('family', 'a.json', message('9@g.us', 'no'));
    await using host = await world.start();
    await host.idle();
    expect(await world.refusal('family', 'a.json')).toBe('not_allowed');
    expect(await world.leftovers('family')).toEqual([]);
  });

  it.each(['is still there', 'was put aside'])(
    'tells what an earlier host refused and does not decide again when the request %s',
    async (state) => {
      if (state === 'is still there') await world.plantClaim('family', 'a.json', request);
      await world.plantRefusal('family', 'a.json', { code: 'rate_limited', error: 'Wait.' });
      await using host = await world.start();
      await host.idle();
      expect(await world.refusal('family', 'a.json')).toBe('rate_limited');
      expect(world.sent()).toEqual([]);
      expect(await world.leftovers('family')).toEqual([]);
    },
  );

  it('decides again where a power cut has spoiled the refusal, and forgets one whose request is gone', async () => {
    const refused = join(world.paths.claimedRoot, 'family', 'refused', 'messages');
    await world.plantClaim('family', 'a.json', request);
    await mkdir(refused, { recursive: true });
    await writeFile(join(refused, 'a.json'), '');
    await writeFile(join(refused, 'b.json'), '{"code":"nonsense"}');
    await using host = await world.start();
    await host.idle();
    await expectOneEffect();
    expect(await world.reply('family', 'b.json')).toBeUndefined();
  });

  it('has each refusal on disk when it is told', async () => {
    const kept: string[][] = [];
    const refused = join(world.paths.claimedRoot, 'family', 'refused', 'messages');
    const end = onCrashPoint((point) => {
      if (point === 'reply-written') kept.push(readdirSync(refused));
    });
    await using host = await world.start();
    await world.send('family', 'a.json', message('9@g.us', 'not allowed'));
    await world.send('family', 'b.json', { type: 'message', text: 'malformed' });
    await host.settle('family');
    end();
    expect(kept).toEqual([['a.json'], ['b.json']]);
    expect(await world.leftovers('family')).toEqual([]);
  });

  it('tells a repeated request from another one under its name', async () => {
    await handleOnce();
    await using host = await world.start();
    await world.send('family', 'a.json', message(FAMILY.jid, 'another'));
    await host.settle('family');
    expect(await world.refusal('family', 'a.json')).toBe('duplicate_name');
    await world.send('family', 'a.json', request);
    await host.settle('family');
    await expectOneEffect();
  });
});

describe('a transaction that fails', () => {
  it('leaves neither effect nor record, and the request is handled when the fault has passed', async () => {
    await using host = await world.start();
    world.db.exec(`
      create trigger fault before insert on ipc_requests begin select raise(abort, 'fault'); end;`);
    await world.send('family', 'a.json', request);
    await world.send('family', 'b.json', message(FAMILY.jid, 'later'));
    await host.settle('family');
    expect(world.sent()).toEqual([]);
    expect(await world.reply('family', 'a.json')).toBeUndefined();
    // A second file under the name of the stuck one must not replace it.
    await world.send('family', 'a.json', message(FAMILY.jid, 'impostor'));
    await host.settle('family');

    world.db.exec('drop trigger fault');
    await host.settle('family');
    await host.settle('family');
    expect(world.sent().map(([, text]) => text)).toEqual(['once', 'later']);
    expect(await world.refusal('family', 'a.json')).toBe('duplicate_name');
  });
});
