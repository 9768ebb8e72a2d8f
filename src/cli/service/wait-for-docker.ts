import { ConfigError } from '../../config.ts';
import { DOCKER_PATIENCE_S } from '../../service/service-timing.ts';
import { waitUnlessAborted } from '../../wait.ts';
import type { CliContext } from '../context.ts';
import { connectEngine } from '../engine-client.ts';

const LOOK_EVERY_MS = 2_000;

/**
 * Resolves when Docker answers, or after some minutes: then `start` says what is wrong. A host that runs its agents
 * without Docker does not wait.
 */
export async function waitForDocker(
  context: CliContext,
  patienceMs: number = DOCKER_PATIENCE_S * 1000,
): Promise<void> {
  if (!needsDocker(context)) return;
  const patience = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
  let hasTold = false;
  while (!patience.aborted && !(await isAnswering(context))) {
    if (!hasTold) context.stderr('Docker does not answer yet; waiting for it.\n');
    hasTold = true;
    await waitUnlessAborted(LOOK_EVERY_MS, patience);
  }
  context.signal.throwIfAborted();
}

/** No with a configuration that cannot be used: what is wrong with it `start` tells. */
function needsDocker(context: CliContext): boolean {
  try {
    return context.loadConfig().runtime === 'docker';
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** False for every reason: which one it is `start` tells in the end. */
async function isAnswering(context: CliContext): Promise<boolean> {
  try {
    const docker = await connectEngine(context);
    await docker.version();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
