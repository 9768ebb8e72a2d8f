import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { renderSoakChart } from './chart/soak-chart.ts';
import { describeSoak, type SoakFigures } from './figures.ts';
import type { SoakOptions } from './options.ts';
import { type SoakSample, sampleHost } from './sampler.ts';
import { openSoakWorld, type SoakWorld } from './soak-world.ts';
import { Tally } from './tally.ts';
import { SoakTraffic } from './traffic.ts';

/** How long open questions may take after the traffic has ended: more than an agent's start and a resend. */
const DRAIN_MS = 60_000;

/** Lets a host work for the time asked for and tells what it has shown. Rejects when the host ends by itself. */
export async function runSoak(
  { minutes, planted, out }: Pick<SoakOptions, 'minutes' | 'planted' | 'out'>,
  signal: AbortSignal,
): Promise<SoakFigures> {
  await using world = await openSoakWorld(signal);
  if (planted !== undefined) world.host.plant(planted);
  const tally = new Tally();
  const traffic = new SoakTraffic(world.cast, tally, world.host.pid);
  const samples = await sampleDuring(world, traffic, minutes, signal);
  await drain(world, tally, signal);
  const exitCode = await world.host.stop();
  const counts = { ...traffic.figures(), ...tally.figures() };
  const figures = describeSoak(samples, counts, { errors: world.errors, exitCode });
  if (out !== undefined) await writeFile(out, renderSoakChart(samples));
  return figures;
}

async function sampleDuring(
  { host, database }: SoakWorld,
  traffic: SoakTraffic,
  minutes: number,
  signal: AbortSignal,
): Promise<SoakSample[]> {
  const stop = new AbortController();
  const moving = traffic.run(AbortSignal.any([signal, stop.signal]));
  try {
    // A broken traffic ends the soak, a traffic that was stopped does not end it first.
    const failed = moving.then(() => new Promise<never>(() => undefined));
    return await Promise.race([sampleHost(host, database, minutes, signal), failed]);
  } finally {
    stop.abort();
    await moving;
  }
}

/** Until every question has its answer, or the time is up: what is open then is lost. */
async function drain({ cast }: SoakWorld, tally: Tally, signal: AbortSignal): Promise<void> {
  const until = performance.now() + DRAIN_MS;
  do {
    await delay(100, undefined, { signal });
    tally.read(cast.reader.seen);
  } while (tally.openCount > 0 && performance.now() < until);
}
