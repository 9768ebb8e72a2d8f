import { type LinkMethod, type LinkOutcome, linkDevice } from '../channels/whatsapp/link.ts';
import { systemNow } from '../clock.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { acquireInstanceLock } from '../db/instance-lock.ts';
import { forgetLinkState } from '../db/link-state.ts';
import { prepareFolders } from '../host-folders.ts';
import type { Logger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import { openWhatsAppLink } from './channel.ts';

/** Links this installation to a phone. Rejects when a host is running: it uses the same keys. */
export async function linkHost(
  config: Config,
  method: LinkMethod,
  logger: Logger,
  signal: AbortSignal,
): Promise<LinkOutcome> {
  const paths = hostPaths(config.home);
  await prepareFolders(paths, logger);
  using _lock = acquireInstanceLock(paths.lock);
  const db = openDatabase(paths.database);
  try {
    const stop = new AbortController();
    const parts = { config, db, now: systemNow, logger };
    const link = openWhatsAppLink(parts, () => stop.abort());
    const outcome = await linkDevice(method, link, AbortSignal.any([signal, stop.signal]));
    // How an earlier connection ended says nothing of one that has just opened.
    const { status } = outcome;
    if (status === 'linked' || status === 'already-linked') forgetLinkState(db);
    return outcome;
  } finally {
    db.close();
  }
}
