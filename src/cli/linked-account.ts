import type { Jid } from '../core/message.ts';

export type Link =
  | { status: 'linked'; jid: Jid; lid?: Jid; name?: string }
  | { status: 'unlinked' }
  | { status: 'damaged'; message: string };

/**
 * As whom the installation is linked, from the link as the database holds it. A pairing code that no phone has confirmed does not count. Loads Baileys,
 * which must not happen before `deckhand start` has replaced its signatures: hence the late imports.
 */
export async function describeLink(stored: string | undefined): Promise<Link> {
  if (stored === undefined) return { status: 'unlinked' };
  const { parseCreds, UnreadableCredsError } = await import('../channels/whatsapp/signal/creds.ts');
  const { readOwnIdentity } = await import('../channels/whatsapp/identity.ts');
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
