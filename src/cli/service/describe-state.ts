import { EXIT } from '../exit-code.ts';
import type { ServiceState } from './manager.ts';

/** What the person has to do before the host can run, by the exit code with which it ended. */
const MENDS: Readonly<Record<number, string>> = {
  [EXIT.failed]: 'it failed; `deckhand service logs` shows why',
  [EXIT.usage]: 'its configuration cannot be used; `deckhand doctor` shows what is wrong',
  [EXIT.notReady]: 'something has to be set up first; `deckhand doctor` shows what',
  [EXIT.hostRunning]: 'another host is running with this data folder; stop that one',
};

/** One sentence without its full stop, e.g. `running as process 4711`. */
export function describeState(state: ServiceState): string {
  switch (state.status) {
    case 'running':
      return `running as process ${state.pid}${restarts(state.restarts)}`;
    case 'starting':
      return `starting${restarts(state.restarts)}${ended(state.exitCode)}`;
    case 'stopped':
      return `stopped${ended(state.exitCode)}`;
    case 'failed':
      return `failed${ended(state.exitCode)}`;
    case 'unknown':
      return 'not loaded';
    default:
      return state satisfies never;
  }
}

function restarts(count: number | undefined): string {
  if (!count) return '';
  return `, restarted ${count === 1 ? 'once' : `${count} times`}`;
}

function ended(code: number | undefined): string {
  if (code === undefined || code === EXIT.ok) return '';
  const mend = MENDS[code];
  return `: its last end had exit code ${code}${mend === undefined ? '' : `, ${mend}`}`;
}
