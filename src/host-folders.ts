import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { finishSwap } from './backup/swap.ts';
import { isErrno } from './errno.ts';
import type { HostPaths } from './paths.ts';

/** Makes the folders of an installation, with data/ for its owner only, and an empty global memory. */
export async function prepareFolders(paths: HostPaths): Promise<void> {
  // First of all: between two renames of a restore that was killed there is no data/.
  await finishSwap(paths.home);
  await mkdir(paths.data, { recursive: true });
  await chmod(paths.data, 0o700);
  await mkdir(paths.groups, { recursive: true, mode: 0o755 });
  try {
    await writeFile(paths.globalMemory, '', { flag: 'wx', mode: 0o644 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}
