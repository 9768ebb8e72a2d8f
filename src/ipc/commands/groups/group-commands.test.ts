import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemNow } from '../../../clock.ts';
import { createLogger } from '../../../logger.ts';
import { createRegistrations, type Registrations } from '../../../registrations/registrations.ts';
import type { CommandTable } from '../../command.ts';
import { FAMILY, MAIN, MailboxWorld, WORK } from '../../mailbox-world.fixture.ts';
import type { Mailboxes } from '../../mailboxes.ts';
import { createRefreshGroupsCommand } from './refresh-groups.ts';
import { createRegisterGroupCommand } from './register-group.ts';

let world: MailboxWorld;
let registrations: Registrations;
let host: Mailboxes;
let told: number;
let asked: number;
let canBeAsked: boolean;
let count = 0;

beforeEach(async () => {
  world = await MailboxWorld.create();
  [told, asked, canBeAsked] = [0, 0, true];
  registrations = await startRegistrations();
  host = await world.start({ groups: registrations, commands: commands() });
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await registrations[Symbol.asyncDispose]();
});

async function startRegistrations(): Promise<Registrations> {
  const path = world.paths.registrations;
  await mkdir(dirname(path), { recursive: true });
  const known = { [MAIN.jid]: MAIN, [FAMILY.jid]: FAMILY, [WORK.jid]: WORK };
  await writeFile(path, JSON.stringify(known));
  return createRegistrations({ path, logger: createLogger('silent'), now: systemNow });
}

function commands(rate = { burst: 2, perSecond: 0.001 }): CommandTable {
  const onGroupsChanged = async () => void (told += 1);
  const register = { groups: registrations, onGroupsChanged, now: systemNow, rate };
  const refreshGroups = async () => {
    asked += 1;
    return canBeAsked;
  };
  const refresh = { refreshGroups, countGroups: () => 7, onGroupsChanged, now: systemNow, rate };
  return {
    messages: [],
    tasks: [createRegisterGroupCommand(register), createRefreshGroupsCommand(refresh)],
  };
}

const chess = {
  type: 'register_group',
  jid: '9@g.us',
  name: 'Chess club',
  folder: 'chess',
  trigger: '@Andy',
};

async function ask(folder: string, request: unknown, name = `r${(count += 1)}.json`) {
  await world.send(folder, name, request, 'tasks');
  await host.settle(folder);
  return await world.reply(folder, name);
}

const fileText = () => readFile(world.paths.registrations, 'utf8');

describe('register_group', () => {
  it('registers a chat with the provider of main and says so', async () => {
    const reply = await ask('main', { ...chess, requiresTrigger: false });
    expect(reply).toMatchObject({
      ok: true,
      group: { jid: '9@g.us', name: 'Chess club', folder: 'chess' },
    });
    expect(registrations.get('9@g.us')).toMatchObject({
      folder: 'chess',
      trigger: '@Andy',
      requiresTrigger: false,
      isMain: false,
      provider: 'claude',
    });
    expect(told).toBe(1);
  });

  it('takes container settings and a provider', async () => {
    const containerConfig = { timeout: 60_000 };
    const reply = await ask('main', { ...chess, containerConfig, provider: 'codex' });
    expect(reply).toMatchObject({ ok: true });
    expect(registrations.get('9@g.us')).toMatchObject({ containerConfig, provider: 'codex' });
  });

  it("gives the new group no way out that main's agent does not have, now or later", async () => {
    const { signal } = new AbortController();
    await registrations.set(MAIN.jid, { egress: { policy: 'model-only' } }, signal);
    expect(await ask('main', chess)).toMatchObject({ ok: true });
    expect(registrations.get('9@g.us')).toMatchObject({ egress: { policy: 'model-only' } });
    await registrations.set(MAIN.jid, { egress: { policy: 'open' } }, signal);
    expect(await ask('main', chess)).toMatchObject({ ok: true });
    expect(registrations.get('9@g.us')).toMatchObject({ egress: { policy: 'model-only' } });
  });

  it('is done once when it is claimed again after a crash behind the file', async () => {
    await registrations.add(
      { jid: '9@g.us', name: 'Chess club', folder: 'chess', trigger: '@Andy' },
      new AbortController().signal,
    );
    const before = await fileText();
    expect(await ask('main', chess)).toMatchObject({ ok: true, group: { folder: 'chess' } });
    expect(await fileText()).toBe(before);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { isMain: true }, 'malformed'],
    ['who may ask', { senders: { allow: ['+49 151 12345678'] } }, 'malformed'],
    ['everybody may ask', { senders: {} }, 'malformed'],
    ['an admin', { admins: ['+49 151 12345678'] }, 'malformed'],
    ['a budget', { budget: { runsPerDay: 1_000 } }, 'malformed'],
    ['receipts', { receipts: true }, 'malformed'],
    ['what its agent may reach', { egress: { policy: 'open' } }, 'malformed'],
    ['a folder above', { folder: '../etc' }, 'malformed'],
    ['an absolute folder', { folder: '/etc' }, 'malformed'],
    ['a folder in capitals', { folder: 'Chess' }, 'malformed'],
    ['a look-alike folder', { folder: 'ch\u0435ss' }, 'malformed'],
    ['a reserved folder', { folder: 'global' }, 'malformed'],
    ['the folder of main', { folder: 'main' }, 'malformed'],
    ['no JID', { jid: 'chess' }, 'malformed'],
    ['a name with an escape sequence', { name: 'a\u001b[2Jb' }, 'malformed'],
    ['a name in two lines', { name: 'a\nb' }, 'malformed'],
    ['a trigger that is no text', { trigger: 1 }, 'malformed'],
    ['an unknown container setting', { containerConfig: { privileged: true } }, 'malformed'],
    ['a folder that is taken', { folder: 'family' }, 'conflict'],
    ['a JID with a device', { jid: '49:3@s.whatsapp.net' }, 'conflict'],
    ['a chat that is registered otherwise', { jid: WORK.jid }, 'conflict'],
    ['main itself', { jid: MAIN.jid, folder: 'other' }, 'conflict'],
  ])('is refused and leaves the file alone: %s', async (_what, fields, code) => {
    const before = await fileText();
    expect(await ask('main', { ...chess, ...fields }, 'bad.json')).toMatchObject({
      ok: false,
      code,
    });
    expect(world.audit('bad.json')).toMatchObject({ folder: 'main', outcome: 'refused', code });
    expect(await fileText()).toBe(before);
    expect(told).toBe(0);
  });

  it('takes nothing back of what a person has set about people and limits', async () => {
    const jid = '9@g.us';
    const limits = {
      senders: { allow: ['+49 151 12345678'], mode: 'drop' as const },
      admins: ['+49 151 12345678'],
      budget: { runsPerDay: 1 },
      receipts: false,
    };
    const { type: _, ...group } = chess;
    await registrations.add({ ...group, ...limits }, new AbortController().signal);
    expect(await ask('main', chess)).toMatchObject({ ok: false, code: 'conflict' });
    expect(registrations.get(jid)).toMatchObject(limits);
  });

  it('is refused from any other group', async () => {
    const before = await fileText();
    expect(await ask('family', { ...chess, groupFolder: 'main' })).toMatchObject({
      code: 'not_allowed',
    });
    expect(await fileText()).toBe(before);
  });

  it('is refused when too many come at once', async () => {
    const replies = [];
    for (const folder of ['a', 'b', 'c']) {
      replies.push(await ask('main', { ...chess, jid: `${folder}@g.us`, folder }));
    }
    expect(replies.map((reply) => reply?.ok)).toEqual([true, true, false]);
    expect(registrations.get('c@g.us')).toBeUndefined();
  });

  it('is refused while the file is broken, and the file stays as it is', async () => {
    await writeFile(world.paths.registrations, '{ "half":');
    expect(await ask('main', chess)).toMatchObject({ ok: false, code: 'conflict' });
    expect(await fileText()).toBe('{ "half":');
  });
});

describe('refresh_groups', () => {
  it('asks WhatsApp and tells how many chats are known', async () => {
    expect(await ask('main', { type: 'refresh_groups' })).toMatchObject({
      ok: true,
      knownGroups: 7,
    });
    expect([asked, told]).toEqual([1, 1]);
  });

  it('does not say done when WhatsApp cannot be asked', async () => {
    canBeAsked = false;
    expect(await ask('main', { type: 'refresh_groups' })).toMatchObject({ code: 'unavailable' });
  });

  it('is refused from any other group, and too often', async () => {
    expect(await ask('family', { type: 'refresh_groups' })).toMatchObject({ code: 'not_allowed' });
    for (const _ of [1, 2]) await ask('main', { type: 'refresh_groups' });
    expect(await ask('main', { type: 'refresh_groups' })).toMatchObject({ code: 'rate_limited' });
    expect(asked).toBe(2);
  });
});
