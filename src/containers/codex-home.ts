import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrapConfig } from '../../container/agent-runner/src/providers/codex/config-file.ts';

/**
 * Writes or completes the CLI's config.toml as the agent runner would, but before the container is made, so that
 * the file can be mounted read-only into it. Returns its path; undefined when there is none, because it cannot
 * be written: then the runner says why. One that is no TOML is left as it is, and the runner says so too.
 */
export async function prepareCodexConfig(codexHome: string): Promise<string | undefined> {
  const outcome = await bootstrapConfig(codexHome);
  const path = join(codexHome, 'config.toml');
  if (outcome.status === 'ok') return path;
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.isFile() === true ? path : undefined;
}
