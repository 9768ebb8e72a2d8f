import { readOwnIdentity } from '../channels/whatsapp/identity.ts';
import { parseCreds, UnreadableCredsError } from '../channels/whatsapp/signal/creds.ts';
import type { Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import { readWaCreds } from '../db/wa-keys.ts';

export type Link =
  | { status: 'linked'; jid: Jid; lid?: Jid; name?: string }
  | { status: 'unlinked' }
  | { status: 'damaged'; message: string };

/** As whom the installation is linked. A pairing code that no phone has confirmed does not count. */
export function readLink(db: Db): Link {
  const stored = readWaCreds(db);
  if (stored === undefined) return { status: 'unlinked' };
  try {
    const { me, account } = parseCreds(stored);
    const own = readOwnIdentity(me);
    if (own === undefined || account === undefined) return { status: 'unlinked' };
    return {
      status: 'linked',
      jid: own.phone,
      ...(own.lid === undefined ? {} : { lid: own.lid }),
      ...(me?.name ? { name: me.name } : {}),
    };
  } catch (error) {
    if (error instanceof UnreadableCredsError) return { status: 'damaged', message: error.message };
    throw error;
  }
}
