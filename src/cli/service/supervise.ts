import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FINAL_EXIT_CODES } from '../../service/service-timing.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';

/**
 * Runs `deckhand start` as a child and passes a stop on to it, for a manager that restarts whatever ends badly: an end
 * after which a restart would be of no use counts as good. Resolves with 0 or 1.
 */
export async function superviseStart(
  context: CliContext,
  startArguments: readonly string[],
): Promise<typeof EXIT.ok | typeof EXIT.failed> {
  context.signal.throwIfAborted();
  const launcher = join(context.projectRoot, 'bin', 'deckhand.js');
  const child = spawn(process.execPath, [launcher, 'start', ...startArguments], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...context.environment },
  });
  const stop = () => void child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const [code]: unknown[] = await once(child, 'exit');
    return isFinal(code) || context.signal.aborted ? EXIT.ok : EXIT.failed;
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}

function isFinal(code: unknown): boolean {
  return code === EXIT.ok || FINAL_EXIT_CODES.some((final) => final === code);
}
