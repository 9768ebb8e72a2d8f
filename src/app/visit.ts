import { createWhatsAppChannel, type WhatsAppChannel } from '../channels/whatsapp/channel.ts';
import { systemNow } from '../clock.ts';
import type { Config } from '../config.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { acquireInstanceLock } from '../db/instance-lock.ts';
import { prepareFolders } from '../host-folders.ts';
import type { Logger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import type { ChannelState } from '../ports.ts';
import { openWhatsAppLink } from './channel.ts';

/** What a visit works with while the link is open. */
export interface Visit {
  readonly channel: WhatsAppChannel;
  readonly db: Db;
  readonly signal: AbortSignal;
}

export type VisitOutcome<T> =
  | { status: 'done'; value: T }
  | { status: 'unlinked' }
  /** WhatsApp has ended the link, or does not let it in. */
  | { status: 'stopped'; reason: string; mend: string }
  /** No connection came up in time. */
  | { status: 'unreachable' };

/** Long enough for a slow line and a few refused attempts. */
const OPEN_WITHIN_MS = 60_000;

/**
 * Goes online for one piece of work, without answering anybody. What comes in meanwhile stays in the journal,
 * from which the next `start` takes it. Rejects when a host is running, which uses the same keys, and with the
 * signal's reason when it aborts.
 */
export async function visitWhatsApp<T>(
  config: Config,
  logger: Logger,
  work: (visit: Visit) => Promise<T>,
  signal: AbortSignal,
  openWithinMs = OPEN_WITHIN_MS,
): Promise<VisitOutcome<T>> {
  const paths = hostPaths(config.home);
  await prepareFolders(paths, logger);
  using _lock = acquireInstanceLock(paths.lock);
  const db = openDatabase(paths.database);
  try {
    return await goOnline({ config, db, logger, openWithinMs }, work, signal);
  } finally {
    db.close();
  }
}

interface VisitDeps {
  readonly config: Config;
  readonly db: Db;
  readonly logger: Logger;
  readonly openWithinMs: number;
}

async function goOnline<T>(
  deps: VisitDeps,
  work: (visit: Visit) => Promise<T>,
  signal: AbortSignal,
): Promise<VisitOutcome<T>> {
  const known = Promise.withResolvers<ChannelState>();
  const channel = openChannel(deps, (state) => {
    if (state.status !== 'connecting') known.resolve(state);
  });
  const stop = new AbortController();
  const late = AbortSignal.timeout(deps.openWithinMs);
  const onGiveUp = () => known.resolve({ status: 'connecting' });
  for (const reason of [signal, late]) reason.addEventListener('abort', onGiveUp, { once: true });
  const running = channel.run(AbortSignal.any([signal, stop.signal]));
  try {
    signal.throwIfAborted();
    const state = await Promise.race([known.promise, endOf(running)]);
    signal.throwIfAborted();
    if (state.status === 'connecting') return { status: 'unreachable' };
    if (state.status !== 'open') return state;
    return { status: 'done', value: await work({ channel, db: deps.db, signal }) };
  } finally {
    signal.removeEventListener('abort', onGiveUp);
    stop.abort();
    await running;
  }
}

/** A connection that cannot be made at all breaks its channel, which then tells of no state. */
async function endOf(running: Promise<void>): Promise<ChannelState> {
  await running;
  return { status: 'connecting' };
}

/** A channel that leaves every message in the journal. */
function openChannel(
  { config, db, logger }: VisitDeps,
  onState: (state: ChannelState) => void,
): WhatsAppChannel {
  const parts = { config, db, now: systemNow, logger };
  const link = openWhatsAppLink(parts, (error) => channel.dropConnection(error));
  const { journal } = link;
  const channel = createWhatsAppChannel({
    ...link,
    journal: {
      recordStanza: (node) => journal.recordStanza(node),
      pending: () => [],
      settle: (_key, ingest) => ingest(),
      remove: () => undefined,
    },
    handlers: { onState, onMessage: () => undefined, findOutbound: () => undefined },
  });
  return channel;
}
