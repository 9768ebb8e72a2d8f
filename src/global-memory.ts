import type { Logger } from './logger.ts';
import { readOwnedFile } from './safe-file.ts';

const MAX_MEMORY_BYTES = 256 * 1024;

/** The memory of all groups. One that cannot be read must not keep anybody from an answer. */
export async function readGlobalMemory(path: string, logger: Logger): Promise<string> {
  try {
    return (await readOwnedFile(path, MAX_MEMORY_BYTES)) ?? '';
  } catch (error) {
    logger.warn({ err: error, path }, 'global memory is left out');
    return '';
  }
}
