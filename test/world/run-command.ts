import { Readable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.ts';
import { systemNow } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { projectRoot } from '../docker/engine.ts';

/** What came of a command; `output` is what it wrote, to either stream. */
interface CommandEnd {
  readonly code: number;
  readonly output: string;
}

/** A command of a person for an installation, within this process and without a terminal. */
export async function runCommand(
  config: Config,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<CommandEnd> {
  const parts: string[] = [];
  const write = (part: string) => void parts.push(part);
  const code = await runCli(['node', 'deckhand', ...argv], {
    loadConfig: () => config,
    environment: { DECKHAND_HOME: config.home },
    projectRoot,
    stdout: write,
    stderr: write,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: systemNow,
    signal,
  });
  return { code, output: parts.join('') };
}
