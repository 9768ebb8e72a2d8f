import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../../errno.ts';
import type { SimulationEvent } from '../../simulate/simulate.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

type RunEvent = Extract<SimulationEvent, { type: 'run' }>;

/** A file for each run's prompt, for its owner alone; none is ever overwritten. */
export function createPromptFolder(folder: string): (number: number, run: RunEvent) => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (number, { history, prompt }) => {
    const path = join(folder, `run-${String(number).padStart(5, '0')}.txt`);
    const text = [history, prompt].filter((part) => part !== '').join('\n\n');
    try {
      writeFileSync(path, `${text}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
      const reason = `${path} is there already; name an empty folder with --prompts.`;
      throw new CliError(EXIT.usage, reason, { cause: error });
    }
  };
}
