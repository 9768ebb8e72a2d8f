import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RegisteredGroup } from '../../src/core/group.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import type { AddressingMode } from '../loopback/whatsapp/types.ts';
import { LoopbackWorld } from './loopback-world.ts';
import { LOOPBACK_REACH } from './model-reach.ts';

const signal = new AbortController().signal;

let runner: FakeRunner;
let world: LoopbackWorld;
let ana: Phone;
let bob: Phone;

beforeEach(async () => {
  runner = new FakeRunner();
  runner.respond = () => answer('hi');
  world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
    agents: {
      runner,
      ...BY_NETWORK,
      handOver: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
    },
  });
  await world.link(signal);
  ana = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  bob = world.whatsapp.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  await world.startHost(signal);
});
afterEach(() => world[Symbol.asyncDispose]());

async function addGroup(
  senders: NonNullable<RegisteredGroup['senders']>,
  addressingMode: AddressingMode,
): Promise<Group> {
  const group = world.whatsapp.addGroup({ subject: 'F', members: [ana, bob], addressingMode });
  const registration = { jid: group.jid, name: 'Family', folder: 'family', senders };
  const outcome = await world.app.registrations.add(registration, signal);
  if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  return group;
}

function storedMessages(): unknown[] {
  const db = new Database(hostPaths(world.config.home).database, { readonly: true });
  try {
    return db
      .prepare('select text, sender_name as name, decision from messages order by seq')
      .all();
  } finally {
    db.close();
  }
}

test.for([
  ['lid', 'her number', (phone: Phone) => `+${phone.jid.replace(/@.*/, '')}`],
  ['lid', 'her LID', (phone: Phone) => phone.lid],
  ['pn', 'her number', (phone: Phone) => `+1 (555) ${phone.jid.slice(4, 11)}`],
  ['pn', 'her LID', (phone: Phone) => phone.lid],
] as const)(
  'in a group that names people by %s a list with %s lets her ask and nobody else',
  async ([addressingMode, _how, write]) => {
    const group = await addGroup({ allow: [write(ana)], mode: 'trigger' }, addressingMode);
    await bob.sendText(group, '@Assistant from Bob');
    await world.whatsapp.waitForQuiet(signal);
    await world.app.engine.idle();
    expect(runner.runs).toEqual([]);
    await ana.sendText(group, '@Assistant from Ana');
    const run = await runner.waitForRun(1);
    await world.app.engine.idle();
    expect(run.request.prompt).toMatch(/from Bob[^]*from Ana/);
    expect(storedMessages()).toMatchObject([{ decision: 'not_allowed' }, { decision: 'name' }]);
  },
);

test.for(['lid', 'pn'] as const)(
  'in a group that names people by %s nothing of a dropped message is on disk or in a prompt',
  async (addressingMode) => {
    const group = await addGroup({ allow: [ana.jid], mode: 'drop' }, addressingMode);
    const dropped = await bob.sendText(group, '@Assistant hidden words');
    await world.whatsapp.waitForQuiet(signal);
    const contextInfo = {
      stanzaId: dropped.id,
      participant: addressingMode === 'lid' ? bob.lid : bob.jid,
      quotedMessage: { conversation: '@Assistant hidden words' },
    };
    const extendedTextMessage = { text: '@Assistant what does he mean', contextInfo };
    await ana.sendMessage(group, { extendedTextMessage });
    const run = await runner.waitForRun(1);
    await world.app.engine.idle();
    expect(JSON.stringify(run.request)).not.toMatch(/hidden|Bob/);
    expect(run.request.prompt).toContain('what does he mean');
    expect(storedMessages()).toEqual([
      { text: '', name: '', decision: 'dropped' },
      { text: '@Assistant what does he mean', name: 'Ana', decision: 'name' },
    ]);
  },
);
