import type { WhatsAppChannel } from '../channels/whatsapp/channel.ts';
import type { Chats } from '../db/chats.ts';
import type { Logger } from '../logger.ts';

/** Lets people pick groups by name: WhatsApp tells names only when asked. False when it cannot be asked. */
export async function nameGroups(
  channel: WhatsAppChannel,
  chats: Chats,
  logger: Logger,
): Promise<boolean> {
  const groups = await channel.listGroups();
  if (groups === undefined) return false;
  try {
    chats.rename(groups.map(({ jid, subject }) => ({ jid, name: subject })));
    return true;
  } catch (error) {
    logger.warn({ err: error }, 'names of the groups not stored');
    return false;
  }
}
