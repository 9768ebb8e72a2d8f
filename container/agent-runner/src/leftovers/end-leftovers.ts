import { readdirSync } from 'node:fs';
import { errorCode } from '../bounded-file.ts';

/** Set in the agent image: the runner and its init are the only processes that do not belong to a run. */
const OWN_PROCESSES_ENV = 'DECKHAND_OWN_PROCESSES';

/**
 * Whether all other processes that can be seen are the agent's. Only a container of our image says so, and only with the
 * runner as its first program: anywhere else they are somebody's.
 */
export function ownsProcesses(env: Readonly<Record<string, string | undefined>>): boolean {
  return env[OWN_PROCESSES_ENV] === '1' && (process.ppid === 1 || process.pid === 1);
}

/**
 * Kills every process of the container but the runner, its init and those of `kept`, however they have come loose from
 * what started them. All are stopped at one stroke before one is killed: a process that keeps forking cannot run ahead
 * of a list. For a container only (see `ownsProcesses`).
 */
export function endLeftovers(kept: ReadonlySet<number>): void {
  // Reaches everything but this process and the init.
  if (!signalProcess(-1, 'SIGSTOP')) return;
  for (const pid of listProcesses()) {
    if (pid === 1 || pid === process.pid) continue;
    signalProcess(pid, kept.has(pid) ? 'SIGCONT' : 'SIGKILL');
  }
}

function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** False when there is no such process (any more). */
function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}
