import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Visit, visitWhatsApp } from '../../src/app/visit.ts';
import { InstanceLockedError } from '../../src/db/instance-lock.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { editRegistrations } from '../../src/registrations/edit.ts';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../world/model-reach.ts';

const never = new AbortController().signal;
const logger = createLogger('silent');

let runner: FakeRunner;
let world: LoopbackWorld;
let ana: Phone;
let family: Group;

beforeEach(async () => {
  runner = new FakeRunner();
  runner.respond = () => answer('Here I am.');
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
  ana = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  family = world.whatsapp.addGroup({ subject: 'Family', members: [ana] });
});
afterEach(() => world[Symbol.asyncDispose]());

const visit = <T>(work: (visit: Visit) => Promise<T>, openWithinMs?: number, signal = never) =>
  visitWhatsApp(world.config, logger, work, signal, openWithinMs);

test('a visit sees the groups of the account and leaves the link to the host', async () => {
  await world.link(never);
  const outcome = await visit(({ channel }) => channel.listGroups());
  expect(outcome).toMatchObject({
    status: 'done',
    value: [{ jid: family.jid, subject: 'Family' }],
  });
  await world.startHost(never);
});

test('a question of a registered group that comes in during a visit is answered by the next host, once', async () => {
  await world.link(never);
  const group = { jid: family.jid, name: 'Family', folder: 'family' };
  const path = hostPaths(world.config.home).registrations;
  await editRegistrations({ path, now: Date.now }, { type: 'add', group }, never);
  await visit(async () => {
    const { id } = await ana.sendText(family, '@Assistant are you there?');
    await ana.waitForReceipt((receipt) => receipt.id === id);
  });
  expect(runner.runs).toEqual([]);
  await world.startHost(never);
  await ana.waitForMessage(({ text }) => text === 'Here I am.');
  await world.app.engine.idle();
  expect(runner.runs).toHaveLength(1);
});

test('a visit without a link says so', async () => {
  expect(await visit(() => Promise.resolve(1))).toEqual({ status: 'unlinked' });
});

test('a visit that gets no connection in time ends', async () => {
  await world.link(never);
  await world.whatsapp.faults.refuseConnections(true);
  expect(await visit(() => Promise.resolve(1), 300)).toEqual({ status: 'unreachable' });
});

test('a link that the phone has ended is told with its mend', async () => {
  await world.link(never);
  world.whatsapp.faults.failLogins = '401';
  expect(await visit(() => Promise.resolve(1))).toMatchObject({
    status: 'stopped',
    mend: expect.stringContaining('deckhand link'),
  });
});

test('beside a running host there is no visit', async () => {
  await world.link(never);
  await world.startHost(never);
  await expect(visit(() => Promise.resolve(1))).rejects.toThrow(InstanceLockedError);
});

test('an aborted visit rejects with the reason and lets go of the folder', async () => {
  await world.link(never);
  const stop = new AbortController();
  const visiting = visit(
    async ({ signal }) => {
      stop.abort();
      signal.throwIfAborted();
    },
    undefined,
    stop.signal,
  );
  await expect(visiting).rejects.toThrow('aborted');
  await world.startHost(never);
});

test('a visit whose connection breaks on our side rejects at once with the reason', async () => {
  await world.link(never);
  const config = { ...world.config, whatsappUrl: 'ws://127.0.0.1:9/#fragment' };
  await expect(visitWhatsApp(config, logger, () => Promise.resolve(1), never)).rejects.toThrow(
    'fragment',
  );
  await world.startHost(never);
});
