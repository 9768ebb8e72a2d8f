import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('./integrity-process.ts', import.meta.url));

const integritySchema = z.strictObject({
  /** False: the database is too large to look at each entry of each index. */
  isWhole: z.boolean(),
  /** `ok`, or SQLite's first complaint. */
  damage: z.string(),
  /** A table with a row that names another row which is not there. */
  brokenTable: z.string().nullable(),
});
export type Integrity = z.infer<typeof integritySchema>;

/**
 * Looks through the whole database in a process of its own: SQLite does not let itself be interrupted otherwise, and
 * a large file takes a while. Rejects when it cannot be read.
 */
export async function readIntegrity(path: string, signal: AbortSignal): Promise<Integrity> {
  try {
    const { stdout } = await run(process.execPath, [SCRIPT, path], {
      signal,
      killSignal: 'SIGKILL',
    });
    return integritySchema.parse(JSON.parse(stdout));
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(describe(error), { cause: error });
  }
}

/** The line of SQLite's error in what Node prints of an uncaught one. */
function describe(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return /SqliteError: (.+)/.exec(text)?.[1] ?? 'its check did not run';
}
