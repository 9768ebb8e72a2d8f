import { createWhatsAppChannel, type WhatsAppChannel } from '../channels/whatsapp/channel.ts';
import { parseEndpoint } from '../channels/whatsapp/endpoint.ts';
import { ownJidsOf, readOwnIdentity } from '../channels/whatsapp/identity.ts';
import { clearAuthState, loadAuthState } from '../channels/whatsapp/signal/auth-state.ts';
import { createJournal } from '../channels/whatsapp/signal/journal.ts';
import { quietLibsignal } from '../channels/whatsapp/signal/quiet-libsignal.ts';
import { createSignalRepositoryFactory } from '../channels/whatsapp/signal/repository.ts';
import type { Now } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import { createInbox } from '../db/inbox.ts';
import type { Logger } from '../logger.ts';
import type { ChannelHandlers } from '../ports.ts';

export interface WhatsAppParts {
  readonly config: Pick<Config, 'whatsappUrl'>;
  readonly db: Db;
  readonly now: Now;
  readonly logger: Logger;
}

/** What linking and the channel share: the identity, its keys and the journal of one database. */
export function openWhatsAppLink(parts: WhatsAppParts, onStorageFailure: (error: unknown) => void) {
  const { config, db, now, logger } = parts;
  quietLibsignal();
  const journal = createJournal({ db, isInInbox: createInbox(db).has, now, logger });
  return {
    auth: loadAuthState(db),
    renewAuth() {
      clearAuthState(db);
      return loadAuthState(db);
    },
    journal,
    makeSignalRepository: createSignalRepositoryFactory({ db, journal, onStorageFailure }),
    now,
    random: Math.random,
    logger,
    options: { endpoint: parseEndpoint(config.whatsappUrl) },
  };
}

export interface LinkedChannel {
  readonly channel: WhatsAppChannel;
  readonly isLinked: () => boolean;
  /** Who we are by the stored link, before any connection; empty while no phone is linked. */
  readonly ownJids: () => readonly Jid[];
}

export function createChannel(parts: WhatsAppParts, handlers: ChannelHandlers): LinkedChannel {
  const link = openWhatsAppLink(parts, (error) => channel.dropConnection(error));
  const channel = createWhatsAppChannel({ ...link, handlers });
  return {
    channel,
    isLinked: () => link.auth.isLinked(),
    ownJids() {
      const own = readOwnIdentity(link.auth.creds.me);
      return own === undefined ? [] : ownJidsOf(own);
    },
  };
}
