import { timeBareStart } from './bare-container.ts';
import { type ContainerSite, makeGroup, type RunTimes } from './container-site.ts';
import { median, roundHundredths } from './distribution.ts';

const ROUNDS = 15;
const PROVIDERS = ['claude', 'codex'] as const;
type BenchedProvider = (typeof PROVIDERS)[number];

/** Medians, milliseconds. */
export interface ColdStartFigures {
  readonly rounds: number;
  /** Bare create, attach, start → first byte. */
  readonly bare: number;
  readonly claude: ColdRun;
  readonly codex: ColdRun;
}

interface ColdRun {
  /** The agent runner is called → the first event of the run. */
  readonly toFirstEvent: number;
  /** … → the answer of a model that answers at once. */
  readonly toAnswer: number;
  /** toFirstEvent / bare */
  readonly ratio: number;
}

/** A new container for every run, in turn with bare ones, so that what else the machine does hits all alike. */
export async function measureColdStart(
  site: ContainerSite,
  signal: AbortSignal,
): Promise<ColdStartFigures> {
  const bare: number[] = [];
  const runs: Record<BenchedProvider, RunTimes[]> = { claude: [], codex: [] };
  await timeBareStart(site);
  for (const provider of PROVIDERS) await timeColdRun(site, provider, signal);
  for (let round = 0; round < ROUNDS; round++) {
    for (const provider of PROVIDERS) {
      signal.throwIfAborted();
      bare.push(await timeBareStart(site));
      runs[provider].push(await timeColdRun(site, provider, signal));
    }
  }
  const bareMs = median(bare);
  return {
    rounds: ROUNDS,
    bare: roundHundredths(bareMs),
    claude: describeRuns(runs.claude, bareMs),
    codex: describeRuns(runs.codex, bareMs),
  };
}

async function timeColdRun(
  site: ContainerSite,
  provider: BenchedProvider,
  signal: AbortSignal,
): Promise<RunTimes> {
  const group = makeGroup(`cold-${provider}`, provider);
  const times = await site.run(group, signal);
  await site.release(group);
  return times;
}

function describeRuns(runs: readonly RunTimes[], bareMs: number): ColdRun {
  const toFirstEvent = median(runs.map((run) => run.toFirstEvent));
  return {
    toFirstEvent: roundHundredths(toFirstEvent),
    toAnswer: roundHundredths(median(runs.map((run) => run.toAnswer))),
    ratio: roundHundredths(toFirstEvent / bareMs),
  };
}
