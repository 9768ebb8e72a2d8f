import { type ContainerSite, makeGroup, type RunTimes, type Way } from './container-site.ts';
import { median, roundHundredths } from './distribution.ts';

const WARM_UP_ROUNDS = 3;
const COLD_ROUNDS = 10;
const WARM_ROUNDS = 30;
const WAYS = ['mounted', 'proxy'] as const satisfies readonly Way[];

/** The same run by both ways in turn, from the call of the agent runner to the answer; medians, milliseconds. */
export interface DoorTimes {
  /** The container asks the model by itself, over Docker's bridge. */
  readonly mounted: number;
  /** It has no network, and asks through the group's door. */
  readonly proxied: number;
  /** proxied / mounted */
  readonly ratio: number;
}

export interface DoorFigures {
  readonly coldClaude: DoorTimes;
  readonly coldCodex: DoorTimes;
  readonly warmCodex: DoorTimes;
  readonly warmResponses: DoorTimes;
}

/** What it costs that an agent's container has no network and no credential. */
export async function measureDoors(site: ContainerSite, signal: AbortSignal): Promise<DoorFigures> {
  return {
    coldClaude: await timeCold(site, 'claude', signal),
    coldCodex: await timeCold(site, 'codex', signal),
    warmCodex: await timeWarm(site, 'codex', signal),
    warmResponses: await timeWarm(site, 'responses', signal),
  };
}

async function timeCold(
  site: ContainerSite,
  provider: 'claude' | 'codex',
  signal: AbortSignal,
): Promise<DoorTimes> {
  return await timeInTurn({ warmUp: 1, rounds: COLD_ROUNDS }, signal, async (way) => {
    const group = makeGroup(`door-cold-${way}`, provider, way);
    const times = await site.run(group, signal);
    await site.release(group);
    return times;
  });
}

async function timeWarm(
  site: ContainerSite,
  provider: 'codex' | 'responses',
  signal: AbortSignal,
): Promise<DoorTimes> {
  const groupOf = (way: Way) => makeGroup(`door-warm-${provider}-${way}`, provider, way);
  const rounds = { warmUp: WARM_UP_ROUNDS, rounds: WARM_ROUNDS };
  const times = await timeInTurn(rounds, signal, (way) => site.run(groupOf(way), signal));
  for (const way of WAYS) await site.release(groupOf(way));
  return times;
}

async function timeInTurn(
  { warmUp, rounds }: { warmUp: number; rounds: number },
  signal: AbortSignal,
  run: (way: Way) => Promise<RunTimes>,
): Promise<DoorTimes> {
  const times: Record<Way, number[]> = { mounted: [], proxy: [] };
  for (let round = -warmUp; round < rounds; round++) {
    for (const way of WAYS) {
      signal.throwIfAborted();
      const { toAnswer } = await run(way);
      if (round >= 0) times[way].push(toAnswer);
    }
  }
  const [mounted, proxied] = [median(times.mounted), median(times.proxy)];
  return {
    mounted: roundHundredths(mounted),
    proxied: roundHundredths(proxied),
    ratio: roundHundredths(proxied / mounted),
  };
}
