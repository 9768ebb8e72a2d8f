import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { finishSwap } from './backup/swap.ts';
import { closeToOthers } from './close-to-others.ts';
import { isErrno } from './errno.ts';
import type { Logger } from './logger.ts';
import type { HostPaths } from './paths.ts';

/**
 * Makes the folders of an installation, with data/ for its owner only, and an empty global memory. What other users could
 * get at is closed to them again, and told.
 */
export async function prepareFolders(
  paths: HostPaths,
  logger?: Pick<Logger, 'warn'>,
): Promise<void> {
  // First of all: between two renames of a restore that was killed there is no data/.
  await finishSwap(paths.home);
  await mkdir(paths.data, { recursive: true, mode: 0o700 });
  await closePrivate(paths, logger);
  await chmod(paths.data, 0o700);
  await mkdir(paths.groups, { recursive: true, mode: 0o755 });
  try {
    await writeFile(paths.globalMemory, '', { flag: 'wx', mode: 0o644 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** The folder first, which keeps the files from others already. */
async function closePrivate(paths: HostPaths, logger?: Pick<Logger, 'warn'>): Promise<void> {
  const { home, data, database, gatewayKey, consoleToken, credentials } = paths;
  for (const path of [data, database, gatewayKey, consoleToken, credentials]) {
    const mode = await closeToOthers(path);
    if (mode === undefined) continue;
    logger?.warn(
      { path: relative(home, path), mode },
      'was open to other users and is closed again',
    );
  }
}
