import { existsSync } from 'node:fs';
import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { tryExclusiveLock } from '../db/exclusive-lock.ts';
import { isErrno } from '../errno.ts';
import { BackupError } from './backup-error.ts';

const PLAN_NAME = '.deckhand-restore.json';
const LOCK_NAME = '.deckhand-restore.lock';
/** Renames take milliseconds. */
const PATIENCE_MS = 5_000;

/** Names below the installation’s folder. */
const stepSchema = z.strictObject({
  /** `aside`: out of the way, to a name that was free; `in`: to where something was put aside. */
  kind: z.enum(['aside', 'in']),
  from: z.string(),
  to: z.string(),
});
const planSchema = z.strictObject({
  steps: z.array(stepSchema),
  /** Goes when all is done. */
  stage: z.string(),
});
export type SwapPlan = z.infer<typeof planSchema>;

/** Throws BackupError for what cannot be renamed, before anything is done: a mount, as containers have for data. */
export async function refuseMounts(home: string, names: readonly string[]): Promise<void> {
  const { dev } = await lstat(home);
  for (const name of names) {
    const path = join(home, name);
    if (!existsSync(path) || (await lstat(path)).dev === dev) continue;
    throw new BackupError(
      `${path} is mounted there and cannot be moved aside. Restore into a folder without mounts, which DECKHAND_HOME ` +
        'names, and copy data/ and groups/ from there.',
    );
  }
}

/**
 * Exchanges several folders as one: the plan is on disk before the first rename, and whoever finds a plan finishes it.
 * So a crash before the plan leaves the old state, and one after it the new one.
 */
export async function swap(home: string, plan: SwapPlan): Promise<void> {
  const path = join(home, PLAN_NAME);
  const temporary = `${path}.tmp`;
  {
    await using file = await open(temporary, 'w', 0o600);
    await file.writeFile(JSON.stringify(plan));
    await file.sync();
  }
  await rename(temporary, path);
  await syncFolder(home);
  await finishSwap(home);
}

/** Finishes what a crash has left between two renames. False when there is nothing to finish. */
export async function finishSwap(home: string): Promise<boolean> {
  if (!isSwapPlanned(home)) return false;
  using lock = tryExclusiveLock(join(home, LOCK_NAME), PATIENCE_MS);
  if (lock === undefined) throw new BackupError('A restore is going on. Wait until it has ended.');
  const plan = await readPlan(home);
  if (plan === undefined) return false;
  for (const { kind, from, to } of plan.steps) await move(kind, join(home, from), join(home, to));
  await syncFolder(home);
  await rm(join(home, plan.stage), { recursive: true, force: true });
  await rm(join(home, PLAN_NAME));
  await syncFolder(home);
  return true;
}

/** Whether the exchange has begun: it can only be finished then. */
export function isSwapPlanned(home: string): boolean {
  return existsSync(join(home, PLAN_NAME));
}

/** Undefined when another process has finished it meanwhile. */
async function readPlan(home: string): Promise<SwapPlan | undefined> {
  try {
    return planSchema.parse(JSON.parse(await readFile(join(home, PLAN_NAME), 'utf8')));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Doing a step that was done before changes nothing. */
async function move(kind: 'aside' | 'in', from: string, to: string): Promise<void> {
  if (kind === 'aside' && existsSync(to)) return;
  try {
    await rename(from, to);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    if (isErrno(error, 'EBUSY', 'EXDEV')) {
      const message = `${from} cannot be moved to ${to}: one of them is mounted. Unmount it, then run this again.`;
      throw new BackupError(message, { cause: error });
    }
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    const message =
      `A restore was interrupted, and ${to} was made since. Move it away, then run this again: ` +
      'the restore goes on where it was.';
    throw new BackupError(message, { cause: error });
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
