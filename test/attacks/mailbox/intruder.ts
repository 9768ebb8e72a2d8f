import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What is exchanged in a loop: requests with links or with pipes, or the folder they lie in with a link. */
export type Exchange = 'file' | 'pipe' | 'folder';

export interface Intrusion {
  readonly exchange: Exchange;
  /** The request folder in the agent's reach. */
  readonly box: string;
  /** Outside its reach; a file for `file`, a folder for `folder`, not used by `pipe`. */
  readonly target: string;
  readonly swaps: number;
}

const PROGRAM = fileURLToPath(new URL('./exchange-program.ts', import.meta.url));

/**
 * A process of its own that exchanges what lies in a mailbox as fast as it can, while the host reads it. Resolves
 * with the number of exchanges that it made.
 */
export async function intrude({ exchange, box, target, swaps }: Intrusion): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, exchange, box, target, String(swaps)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the intruder ended with ${String(code)}`);
  return Number(Buffer.concat(chunks).toString('utf8'));
}

/** Does something again and again until another thing has ended, and once more after that. */
export async function untilDone<T>(other: Promise<T>, again: () => Promise<unknown>): Promise<T> {
  let isDone = false;
  const done = other.finally(() => {
    isDone = true;
  });
  while (!isDone) await again();
  await again();
  return done;
}
