import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What is done in a loop: requests exchanged with links or pipes, or their folder with a link; or requests written. */
export type Exchange = 'file' | 'pipe' | 'folder' | 'flood';

export interface Intrusion {
  readonly exchange: Exchange;
  /** The request folder in the agent's reach. */
  readonly box: string;
  /** Outside its reach; a file for `file`, a folder for `folder`, the text of a request for `flood`, nothing for `pipe`. */
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
  const done = new AbortController();
  const ended = other.finally(() => done.abort());
  while (!done.signal.aborted) await again();
  await again();
  return ended;
}
