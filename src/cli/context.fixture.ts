import { Readable } from 'node:stream';
import { loadConfig } from '../config.ts';
import { type CliWorld, NOW, PROJECT_ROOT } from './cli-world.fixture.ts';
import type { CliContext } from './context.ts';

/** What a command of this world sees, for what no command line can ask for: another kind of system. */
export function contextOf(world: CliWorld): CliContext {
  return {
    loadConfig: () => loadConfig(world.environment, PROJECT_ROOT),
    environment: world.environment,
    projectRoot: PROJECT_ROOT,
    stdout: () => undefined,
    stderr: () => undefined,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: () => NOW,
    signal: new AbortController().signal,
  };
}
