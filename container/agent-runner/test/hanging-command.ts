import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface HangingCommand {
  /** Shell command that tells when it runs and then waits for ever. */
  readonly line: string;
  started(): Promise<void>;
  /** Rejects with ENXIO when the command does not live any more. */
  reach(): Promise<void>;
}

/** Two named pipes in a folder: the system itself says whether somebody still reads the second one. */
export async function createHangingCommand(folder: string): Promise<HangingCommand> {
  const ready = join(folder, 'ready.pipe');
  const never = join(folder, 'never.pipe');
  execFileSync('mkfifo', [ready, never]);
  return {
    line: `echo go > "${ready}"; cat "${never}"`,
    started: async () => void (await readFile(ready)),
    reach: async () => await (await open(never, constants.O_WRONLY | constants.O_NONBLOCK)).close(),
  };
}
