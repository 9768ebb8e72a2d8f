import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPaths } from '../../src/paths.ts';
import { type Actor, createActor } from './actor.ts';
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

/** Everything that a loop needs around the hosts it kills. */
export interface Stage extends AsyncDisposable {
  readonly home: string;
  readonly whatsapp: CrashWorld['whatsapp'];
  readonly ledger: Ledger;
  readonly clock: LoopClock;
  readonly yard: AgentYard;
  readonly hosts: HostPool;
  readonly actor: Actor;
  readonly screens: Screens;
  readonly facts: HostFacts;
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
  const yard: AgentYard = stack.use(await AgentYard.open(yardPath, work));
  const hosts = stack.use(await openHosts(world, options, yardPath));
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
  yardPath: string,
): Promise<HostPool> {
  const logs = join(folder, 'logs');
  await mkdir(logs);
  const settings = {
    projectRoot,
    env: { ...env },
    yardPath,
    compileCache: join(folder, 'compile-cache'),
    certificate: whatsapp.media.certificate,
    ...(mutation === undefined ? {} : { mutation }),
  };
  return new HostPool(settings, logs);
}
