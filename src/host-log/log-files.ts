import { join } from 'node:path';

/** Files that are kept, the newest included. */
export const LOG_FILES = 5;

/** Size at which a file is put aside. */
export const LOG_FILE_BYTES = 10 * 1024 * 1024;

/** `host.log` is the newest (age 0), `host.log.1` the one before, and so on. */
export function logPath(folder: string, age: number): string {
  return join(folder, age === 0 ? 'host.log' : `host.log.${age}`);
}
