import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPaths } from '../../src/paths.ts';
import { type Actor, createActor } from './actor.ts';
import { ContainerYard } from './docker/container-yard.ts';
import { buildRelayImage } from './docker/relay-image.ts';
import { HostPool } from './host/host-pool.ts';
import { type HostFacts, openHostFacts } from './ledger/host-facts.ts';
import { createLedger, type Ledger } from './ledger/ledger.ts';
import { createTokenMint } from './ledger/tokens.ts';
import { createScreens, type Screens } from './ledger/visible.ts';
import { createLoopClock, type LoopClock } from './loop-clock.ts';
import type { LoopOptions } from './options.ts';
import { createRandom } from './random.ts';
import type { CrashWorld } from './world.ts';
import { AgentYard } from './yard/agent-yard.ts';
import { createFakeAgent } from './yard/fake-agent.ts';
import type { Work, YardAgent } from './yard/yard-agent.ts';

/** Everything that a loop needs around the hosts it kills. */
export interface Stage extends AsyncDisposable {
  readonly home: string;
  readonly whatsapp: CrashWorld['whatsapp'];
  readonly ledger: Ledger;
  readonly clock: LoopClock;
  readonly yard: Yard;
  readonly hosts: HostPool;
  readonly actor: Actor;
  readonly screens: Screens;
  readonly facts: HostFacts;
}

/** Where agents live. */
export interface Yard extends AsyncDisposable {
  /** Those that have not ended. */
  readonly alive: readonly YardAgent[];
  /** What else is left of them, a line each. */
  leftovers(): Promise<readonly string[]>;
}

export async function openStage(world: CrashWorld, options: LoopOptions): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const { whatsapp, groups, folder } = world;
  const { home } = world.config;
  const ledger = createLedger();
  const clock = createLoopClock();
  const mint = createTokenMint();
  const random = createRandom(options.seed, 'agents');
  const aliveAgents = () => yard.alive;
  const hostNow = () => clock.now();
  const work = createFakeAgent({ ledger, mint, random, hostNow, alive: aliveAgents });
  const yardPath = join(folder, 'yard.sock');
  const containers = options.isDocker ? await openContainers(world, work) : undefined;
  const yard: Yard = stack.use(containers?.yard ?? (await AgentYard.open(yardPath, work)));
  const place = containers ?? { yardPath };
  const hosts = stack.use(await openHosts(world, options, place));
  const people = groups[0]?.members.filter((member) => member !== whatsapp.owner) ?? [];
  const facts = stack.use(openHostFacts(hostPaths(home).database));
  const actor = createActor({ groups, people, ledger, mint, aliveAgents });
  const screens = createScreens(people);
  const resources = stack.move();
  return {
    home,
    whatsapp,
    ledger,
    clock,
    yard,
    hosts,
    actor,
    screens,
    facts,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openHosts(
  { projectRoot, folder, env, whatsapp }: CrashWorld,
  { mutation }: LoopOptions,
  place: { readonly yardPath: string } | { readonly image: string },
): Promise<HostPool> {
  const logs = join(folder, 'logs');
  await mkdir(logs);
  const settings = {
    projectRoot,
    ...('image' in place
      ? { env: { ...env, CONTAINER_IMAGE: place.image } }
      : { env: { ...env }, yardPath: place.yardPath }),
    compileCache: join(folder, 'compile-cache'),
    certificate: whatsapp.media.certificate,
    ...(mutation === undefined ? {} : { mutation }),
  };
  return new HostPool(settings, logs);
}

async function openContainers(
  { config, groups }: CrashWorld,
  work: Work,
): Promise<{ yard: Yard; image: string }> {
  const { docker, image } = await buildRelayImage();
  const folders = groups.map(({ subject }) => subject.toLowerCase());
  const yard = await ContainerYard.open({ docker, paths: hostPaths(config.home), folders, work });
  return { yard, image };
}
