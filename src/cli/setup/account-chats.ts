import type { Visit } from '../../app/visit.ts';
import { createChats } from '../../db/chats.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { readKnownChats } from '../groups/known-chats.ts';
import type { AccountChat } from './chat-choice.ts';
import { readStoredLink } from './stored-link.ts';
import { visit } from './visit.ts';

/** Lists the account's chats, asking WhatsApp once; what failed is asked again. */
export function createChatList(context: CliContext): () => Promise<readonly AccountChat[]> {
  let listed: readonly AccountChat[] | undefined;
  return async () => (listed ??= await listAccountChats(context));
}

/** The chat with oneself first, then the groups by name. A running host has asked for their names already. */
async function listAccountChats(context: CliContext): Promise<AccountChat[]> {
  const { lock } = installationPaths(context);
  if (!isHostRunning(lock)) await visit(context, nameGroups);
  const link = await readStoredLink(context);
  const self = link.status === 'linked' ? [{ jid: link.jid, name: '', isSelf: true }] : [];
  const groups = readKnownChats(context).filter(({ isGroup }) => isGroup);
  const sorted = groups.toSorted((one, other) => one.name.localeCompare(other.name));
  return [...self, ...sorted.map(({ jid, name }) => ({ jid, name, isSelf: false }))];
}

/** WhatsApp tells the names of groups only when asked. */
async function nameGroups({ channel, db }: Visit): Promise<void> {
  const groups = await channel.listGroups();
  if (groups === undefined) {
    throw new CliError(EXIT.failed, 'WhatsApp did not tell the groups of this account. Try again.');
  }
  createChats(db).rename(groups.map(({ jid, subject }) => ({ jid, name: subject })));
}
