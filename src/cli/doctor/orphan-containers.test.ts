import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LABELS } from '../../containers/labels.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';
import { contextOf } from '../context.fixture.ts';
import { type EngineAnswers, startEngine } from '../docker-engine.fixture.ts';
import { connectEngine } from '../engine-client.ts';
import { type ContainerOwners, checkContainers } from './orphan-containers.ts';
import { checkOrphans } from './orphans.ts';

const { signal } = new AbortController();

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

async function openEngine(answers: EngineAnswers) {
  const socket = join(world.home, 'docker.sock');
  world.environment['DOCKER_HOST'] = `unix://${socket}`;
  const engine = await startEngine(socket, answers);
  return { engine, docker: await connectEngine(contextOf(world)) };
}

const containerOf = (owner: string, folder: string) => ({
  Id: folder,
  State: 'running',
  Labels: { [LABELS.installation]: owner, [LABELS.folder]: folder },
});

test('a container that a host has begun to use while a person was asked is kept', async () => {
  const containers = [containerOf('here', 'one'), containerOf('here', 'two')];
  const { engine, docker } = await openEngine({ containers });
  await using _engine = engine;
  let owners: ContainerOwners | undefined = { installationId: 'here', usedFolders: new Set() };
  const deps = { docker, now: () => NOW, readOwners: () => owners };
  const [finding] = (await checkContainers(deps, signal)).findings;
  expect(finding?.fix?.removes).toBe('remove 2 containers that nobody uses (one, two)');
  owners = { installationId: 'here', usedFolders: new Set(['one']) };
  expect(await finding?.fix?.apply(signal)).toBe('removed 1 of 2 containers');
  owners = undefined;
  expect(await finding?.fix?.apply(signal)).toBe('removed 0 of 2 containers');
  const removed = engine.requests.filter((url) => !url.includes('/containers/json'));
  expect(removed.map((url) => /containers\/(\w+)/.exec(url)?.[1])).toEqual(['two']);
});

test.for([
  [0, 'none'],
  [1, 'none; 1 container is of another installation'],
  [2, 'none; 2 containers are of other installations'],
] as const)('%i containers of others are told, and are no finding', async ([count, detail]) => {
  const containers = Array.from({ length: count }, () => containerOf('elsewhere', 'one'));
  const { engine, docker } = await openEngine({ containers });
  await using _engine = engine;
  world.fill(() => undefined);
  const deps = { paths: world.paths, now: () => NOW, docker };
  expect(await checkOrphans(deps, [], signal)).toMatchObject([{ id: 'orphans.ok', detail }]);
});
