import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DOOR_SOCKET } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import type { Agents } from '../../src/app/agents.ts';
import { type App, createApp } from '../../src/app/app.ts';
import { Outlets } from '../../src/app/outlets.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import { LoopbackWorld, type WorldOptions } from './loopback-world.ts';
import { LOOPBACK_REACH } from './model-reach.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const FAMILY = '120363001@g.us';
const WORK = '120363002@g.us';

function fakeAgents(): Agents & { runner: FakeRunner } {
  return {
    runner: new FakeRunner(),
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
  };
}

function behindDoors(): Outlets {
  const settings = { credentials: 'auto', egress: { policy: 'open', privateHosts: [] } } as const;
  return new Outlets(settings, () => '', { ok: true });
}

async function openLinkedWorld(
  agents: Pick<WorldOptions, 'agents' | 'createAgents'>,
  signal: AbortSignal,
): Promise<LoopbackWorld> {
  const world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
    ...agents,
    env: { MAX_CONCURRENT_CONTAINERS: '1' },
  });
  await world.link(signal);
  return world;
}

function ingest(app: App, chatJid: string, text: string, mentions: readonly string[] = []) {
  return app.engine.ingest({
    chatJid,
    senderJid: '15550000002@s.whatsapp.net',
    senderName: 'Ana',
    id: 'M1',
    sentAt: 0,
    text,
    isFromMe: false,
    isGroup: true,
    mentions,
  });
}

test.each(['jid', 'lid'] as const)(
  'a mention of our %s that comes in before the first connection is a trigger',
  async (identity) => {
    const { signal } = new AbortController();
    const agents = fakeAgents();
    await using world = await openLinkedWorld({ agents }, signal);
    const logger = createLogger('silent');
    await using app = await createApp(world.config, { projectRoot, agents, logger });
    await app.registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    expect(ingest(app, FAMILY, 'hello', [world.whatsapp.owner[identity]])).toBe('trigger');
  },
);

test('a host that stops takes its doors away before it lets go of agents, which wait for the next one then', async ({
  signal,
}) => {
  const agents = { ...fakeAgents(), outlets: behindDoors() };
  await using world = await openLinkedWorld({ agents }, signal);
  const app = await world.startHost(signal);
  await app.registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
  ingest(app, FAMILY, '@Assistant hello');
  const { request } = await agents.runner.waitForRun(1);
  expect(request.gateway).toBeDefined();
  const door = join(hostPaths(world.config.home).doorFolder('family'), DOOR_SOCKET);
  const wasOpen = { before: existsSync(door), whenLetGo: true };
  agents.runner.onDispose = () => {
    wasOpen.whenLetGo = existsSync(door);
  };
  await world.stopHost();
  expect(wasOpen).toEqual({ before: true, whenLetGo: false });
});

test('agents that go on are let on to their models before new ones are prepared, which may take an image', async ({
  signal,
}) => {
  const first = { ...fakeAgents(), outlets: behindDoors() };
  const opened: boolean[] = [];
  const next: Agents = {
    ...fakeAgents(),
    outlets: behindDoors(),
    findBehindDoors: () => Promise.resolve(new Set(['family'])),
    prepare: async () => void opened.push(existsSync(door)),
  };
  const hosts: Agents[] = [first, next];
  const createAgents = () => hosts.shift() ?? expect.fail('there are two hosts');
  await using world = await openLinkedWorld({ createAgents }, signal);
  const door = join(hostPaths(world.config.home).doorFolder('family'), DOOR_SOCKET);
  const app = await world.startHost(signal);
  await app.registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
  ingest(app, FAMILY, '@Assistant hello');
  await first.runner.waitForRun(1);
  await world.stopHost();
  expect(existsSync(door)).toBe(false);
  await world.startHost(signal);
  expect(opened).toEqual([true]);
});

test('what waited while its group was not registered is answered when it is again', async ({
  signal,
}) => {
  const agents = fakeAgents();
  await using world = await openLinkedWorld({ agents }, signal);
  const app = await world.startHost(signal);
  const family = { jid: FAMILY, name: 'Family', folder: 'family' };
  await app.registrations.add(family, signal);
  await app.registrations.add({ jid: WORK, name: 'Work', folder: 'work' }, signal);
  ingest(app, WORK, '@Assistant work');
  const work = await agents.runner.waitForRun(1);
  ingest(app, FAMILY, '@Assistant hello');
  await app.registrations.remove(FAMILY, signal);
  work.end(answer('done'));
  await app.engine.idle();
  await app.registrations.add(family, signal);
  const run = await agents.runner.waitForRun(2);
  expect(run.request.prompt).toContain('@Assistant hello');
});
