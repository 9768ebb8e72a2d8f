import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { expect, test } from 'vitest';
import { judgeTrial } from '../../src/cli/doctor/mount-words.ts';
import { type RoundTrip, tryMounts } from '../../src/containers/round-trip.ts';
import { AgentKit, endless, makeGroup } from './agent-kit.ts';
import { requireBaseImage } from './engine.ts';

type Change = (options: ContainerCreateOptions) => ContainerCreateOptions;

/** The engine, but what it makes is not what it was told. */
function lying(docker: Docker, change: Change): Docker {
  return new Proxy(docker, {
    get(target, key) {
      if (key === 'createContainer') {
        return (options: ContainerCreateOptions) => target.createContainer(change(options));
      }
      return Reflect.get(target, key, target);
    },
  });
}

function changeMounts(change: (mount: MountSettings) => MountSettings): Change {
  return (options) => ({
    ...options,
    HostConfig: { ...options.HostConfig, Mounts: (options.HostConfig?.Mounts ?? []).map(change) },
  });
}

/** Whom no folder refuses. */
const asRoot: Change = (options) => ({
  ...options,
  User: '0:0',
  HostConfig: { ...options.HostConfig, CapDrop: [] },
});

/** A group with writable folders and one file that is read only, on an engine that lies. */
async function tryWith(kit: AgentKit, change: Change): Promise<RoundTrip> {
  const planned = await kit.planAgent(makeGroup('team'));
  if (!planned.ok) throw new Error(planned.reason);
  const deps = { docker: lying(kit.docker, change), settings: kit.settings() };
  return await tryMounts(deps, planned.spec, endless);
}

async function judge(kit: AgentKit, trip: RoundTrip): Promise<string[]> {
  if (trip.status === 'failed') throw new Error(trip.reason);
  const findings = trip.trials.map((trial) => judgeTrial('team', trial, kit.settings().user));
  return [...new Set((await Promise.all(findings)).flat().map(({ id }) => id))];
}

test('an engine that does not keep a read-only mount from being written is found', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const open = changeMounts((mount) => ({ ...mount, ReadOnly: false }));
  const trip = await tryWith(kit, (options) => asRoot(open(options)));
  expect(await judge(kit, trip)).toContain('mounts.exposed');
});

test('an engine that mounts folders of another machine is found', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const elsewhere = await mkdtemp(join(tmpdir(), 'deckhand-elsewhere-'));
  const moved = changeMounts((mount) =>
    mount.Target === '/workspace/group' ? { ...mount, Source: elsewhere } : mount,
  );
  const trip = await tryWith(kit, (options) => asRoot(moved(options)));
  expect(await judge(kit, trip)).toContain('mounts.elsewhere');
  await rm(elsewhere, { recursive: true });
});

test('an engine that maps users is found, and what it wrote is removed', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const trip = await tryWith(kit, asRoot);
  expect(await judge(kit, trip)).toEqual(['mounts.user']);
  const left = readdirSync(kit.paths.groupFolder('team'));
  expect(left.filter((name) => name.includes('deckhand-doctor'))).toEqual([]);
});

test('a program that cannot be started says so, and no container is left', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const trip = await tryWith(kit, (options) => ({ ...options, Entrypoint: ['/no/such/program'] }));
  expect(trip).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('exec /no/such/program failed'),
  });
  expect(await kit.containers()).toEqual([]);
});

test('whoever stops it leaves no container behind', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const planned = await kit.planAgent(makeGroup('team'));
  if (!planned.ok) throw new Error(planned.reason);
  const stop = new AbortController();
  const docker = lying(kit.docker, (options) => {
    queueMicrotask(() => stop.abort(new Error('stopped')));
    return options;
  });
  const trip = tryMounts({ docker, settings: kit.settings() }, planned.spec, stop.signal);
  await expect(trip).rejects.toThrow('stopped');
  expect(await kit.containers()).toEqual([]);
});
