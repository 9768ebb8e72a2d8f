import type { ContainerCreateOptions } from 'dockerode';

const MIB = 1024 * 1024;
/** Processes and threads; Chromium alone takes about 120. */
const PIDS_LIMIT = 512;
/** Open files of one process. Node, Chromium and a package manager stay far below. */
const OPEN_FILES = 16_384;
/** The kernel takes an agent before the host, which has 0, when the machine itself runs out of memory. */
const OOM_SCORE = 500;
/** Adoption reads the events of a run back from Docker's log, so it must hold the longest run. */
const LOG_FILE_MB = 32;
const LOG_FILES = 3;
/** The least that the engine takes; less would round to 0, which it reads as "no limit". */
const MIN_MEMORY_MB = 6;
const MIN_CPUS = 0.01;

export interface AgentLimits {
  readonly memoryMb: number;
  /** Fractions allowed. */
  readonly cpus: number;
}

type HostConfig = NonNullable<ContainerCreateOptions['HostConfig']>;

/** What a container may use up at most. Throws on a limit that the engine would take for none. */
export function buildLimits({ memoryMb, cpus }: AgentLimits): HostConfig {
  // Written so that NaN, too, is refused.
  if (!(memoryMb >= MIN_MEMORY_MB && Number.isFinite(memoryMb)))
    throw new Error(`${memoryMb} MiB is no limit of memory: it must be at least ${MIN_MEMORY_MB}`);
  if (!(cpus >= MIN_CPUS && Number.isFinite(cpus)))
    throw new Error(`${cpus} is no limit of CPUs: it must be at least ${MIN_CPUS}`);
  const memory = Math.round(memoryMb * MIB);
  return {
    Memory: memory,
    // Equal to the memory: no swap.
    MemorySwap: memory,
    NanoCpus: Math.round(cpus * 1e9),
    PidsLimit: PIDS_LIMIT,
    Ulimits: [
      { Name: 'nofile', Soft: OPEN_FILES, Hard: OPEN_FILES },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    OomScoreAdj: OOM_SCORE,
    LogConfig: {
      Type: 'json-file',
      Config: { 'max-size': `${LOG_FILE_MB}m`, 'max-file': String(LOG_FILES) },
    },
  };
}
