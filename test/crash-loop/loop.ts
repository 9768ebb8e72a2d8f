import { systemNow } from '../../src/clock.ts';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.ts';
import { waitUnlessAborted } from '../../src/wait.ts';
import { drain, type Rest } from './drain.ts';
import { judgeAll } from './findings.ts';
import type { Ledger } from './ledger/ledger.ts';
import { createTwiceWatch, type Sighting } from './ledger/twice-watch.ts';
import { liveOnce } from './life.ts';
import type { LoopOptions } from './options.ts';
import { createPlanner, type LifePlan } from './plan/plan.ts';
import type { LoopResult, Problem } from './result.ts';
import { openStage, type Stage } from './stage.ts';
import { countFindings, describeFindings, type Findings } from './verdict.ts';
import type { CrashWorld } from './world.ts';

export interface LoopOutcome {
  readonly result: LoopResult;
  readonly problems: readonly Problem[];
  readonly ledger: Ledger;
}

/** A phone may still be decrypting what it was sent last. */
const LAST_LOOKS = 20;
const LAST_LOOK_MS = 200;

/** What the lives of the hosts have shown. */
interface Lives {
  readonly sightings: readonly Sighting[];
  /** Hosts that ended by themselves, a line each. */
  readonly broken: readonly string[];
}

/** Kills hosts in a world as planned, lets the last one come to rest, and judges what people saw. */
export async function runCrashLoop(
  options: LoopOptions,
  world: CrashWorld,
  signal: AbortSignal,
  onLife: (life: LifePlan, stage: Stage) => void = () => undefined,
): Promise<LoopOutcome> {
  const startedAt = systemNow();
  await using stage = await openStage(world, options);
  const lives = await killHosts(stage, options, signal, (life) => onLife(life, stage));
  const rest = await drain(stage, signal);
  const found = await judgeAtRest(stage, lives, rest);
  const seconds = Math.round((systemNow() - startedAt) / 1000);
  return {
    result: { ...countFindings(found), ...describeLoop(options, stage.ledger), seconds },
    problems: describeFindings(found),
    ledger: stage.ledger,
  };
}

async function killHosts(
  stage: Stage,
  { kills, seed, point }: LoopOptions,
  signal: AbortSignal,
  onLife: (life: LifePlan) => void,
): Promise<Lives> {
  const planner = createPlanner({ seed, kills, only: point });
  const findTwice = createTwiceWatch();
  const sightings: Sighting[] = [];
  const broken: string[] = [];
  while (stage.ledger.kills.length + broken.length < kills) {
    signal.throwIfAborted();
    const plan = planner.next();
    stage.ledger.life = plan.number;
    stage.clock.moveOn(plan.clockStepMs);
    const end = await liveOnce(stage, plan, stage.clock.offsetMs(), signal);
    if (end.status === 'broken') broken.push(`life ${plan.number}: ${JSON.stringify(end.end)}`);
    else stage.ledger.kills.push({ life: plan.number, at: end.at });
    planner.note(plan, end.status === 'killed' ? end.at : 'broken');
    sightings.push(...findTwice(stage.screens.look(), plan.number));
    onLife(plan);
  }
  return { sightings, broken };
}

async function judgeAtRest(
  { ledger, screens, facts, home, yard }: Stage,
  lives: Lives,
  rest: Rest,
): Promise<Findings> {
  const containers = await yard.leftovers();
  const judge = () =>
    judgeAll({
      ...lives,
      unrest: [...rest.problems, ...containers],
      ledger,
      facts,
      home,
      visible: screens.all,
      restedAt: rest.at,
      aliveAgents: yard.alive,
    });
  let found = await judge();
  for (let look = 0; look < LAST_LOOKS && countFindings(found).lost > 0; look += 1) {
    await waitUnlessAborted(LAST_LOOK_MS, new AbortController().signal);
    screens.look();
    found = await judge();
  }
  return found;
}

function describeLoop(
  { seed, mutation }: LoopOptions,
  { kills, agentKills }: Ledger,
): Pick<
  LoopResult,
  'kills' | 'killsByPoint' | 'pointsMissed' | 'agentKills' | 'seed' | 'mutation'
> {
  const killsByPoint: Record<string, number> = {};
  for (const { at } of kills) killsByPoint[at] = (killsByPoint[at] ?? 0) + 1;
  const points = Object.keys(CRASH_POINTS) as CrashPoint[];
  return {
    kills: kills.length,
    killsByPoint,
    pointsMissed: points.filter((point) => killsByPoint[point] === undefined),
    agentKills,
    seed,
    ...(mutation === undefined ? {} : { mutation }),
  };
}
