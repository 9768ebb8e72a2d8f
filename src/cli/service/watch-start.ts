import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { openDatabaseReadonly } from '../../db/database.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { readWaCreds } from '../../db/wa-keys.ts';
import { hasTable } from '../../db/whole-database.ts';
import type { ServicePlan } from '../../service/service-plan.ts';
import { waitUnlessAborted } from '../../wait.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { describeLink } from '../linked-account.ts';
import { isUp, type ServiceManager, type ServiceState } from './manager.ts';

const LOOK_EVERY_MS = 200;

/**
 * Watches a start until the host holds its lock or has ended; `starting` when it does neither in time. A host that is not
 * linked holds the lock too, for a moment, and ends: of that one the end is waited for.
 */
export async function watchStart(
  context: CliContext,
  manager: ServiceManager,
  plan: ServicePlan,
  patienceMs: number,
): Promise<ServiceState> {
  const isToStay = plan.startArguments.includes('--console') || (await isLinked(context));
  const patience = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
  for (;;) {
    const state = await manager.state(plan.name);
    context.signal.throwIfAborted();
    const holdsLock = state.status === 'running' && isHostRunning(installationPaths(context).lock);
    if (!isUp(state) || (holdsLock && isToStay)) return state;
    if (patience.aborted) return { status: 'starting' };
    await waitUnlessAborted(LOOK_EVERY_MS, patience);
  }
}

async function isLinked(context: CliContext): Promise<boolean> {
  const { database } = installationPaths(context);
  const link = await describeLink(existsSync(database) ? readCreds(database) : undefined);
  return link.status === 'linked';
}

/** Read as it is: the host that starts may be about to bring an older database up to date. */
function readCreds(database: string): string | undefined {
  try {
    const db = openDatabaseReadonly(database);
    try {
      return hasTable(db, 'wa_creds') ? readWaCreds(db) : undefined;
    } finally {
      db.close();
    }
  } catch (error) {
    // With one that cannot be read the host ends, which is told as every other end.
    if (error instanceof Database.SqliteError) return undefined;
    throw error;
  }
}
