import { ConfigError } from '../config.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { GroupMap } from '../core/registration.ts';
import { loadRegistrations } from '../registrations/edit.ts';
import { CliError } from './cli-error.ts';
import { type CliContext, installationPaths } from './context.ts';
import { EXIT } from './exit-code.ts';

/** What commands that look back say of chats; works when the registrations or the configuration cannot be read. */
export interface KnownGroups {
  /** A sentence for when the registrations cannot be used; then no group is known. */
  readonly problem: string | undefined;
  /** Of the reader: the installation's. */
  readonly timeZone: string;
  readonly assistantName: string;
  find(chatJid: Jid): RegisteredGroup | undefined;
  zoneOf(chatJid: Jid): string;
  /** The folder; of a chat that is not registered its JID. */
  labelOf(chatJid: Jid): string;
  /** The chat that a person means by a folder or a JID, registered or not. Throws CliError for an unknown folder. */
  chatOf(wanted: string): Jid;
}

export async function readKnownGroups(context: CliContext): Promise<KnownGroups> {
  const { registrations } = installationPaths(context);
  const loaded = await loadRegistrations(registrations);
  const groups: GroupMap = loaded.ok ? loaded.groups : new Map();
  const { timeZone, assistantName } = readDefaults(context);
  const find = (chatJid: Jid) => groups.get(chatJid);
  const problem = loaded.ok
    ? undefined
    : `${registrations} cannot be used; \`deckhand doctor\` says why.`;
  return {
    problem,
    timeZone,
    assistantName,
    find,
    zoneOf: (chatJid) => find(chatJid)?.timeZone ?? timeZone,
    labelOf: (chatJid) => find(chatJid)?.folder ?? chatJid,
    chatOf(wanted) {
      if (wanted.includes('@')) return wanted.toLowerCase();
      const named = [...groups.values()].find((group) => group.folder === wanted);
      if (named !== undefined) return named.jid;
      if (problem !== undefined) throw new CliError(EXIT.failed, problem);
      throw new CliError(
        EXIT.usage,
        `No registered group has the folder "${wanted}". \`deckhand groups list\` shows them; ` +
          'a chat that is not registered any more is named by its JID.',
      );
    },
  };
}

function readDefaults(context: CliContext): { timeZone: string; assistantName: string } {
  try {
    return context.loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) return { timeZone: 'UTC', assistantName: 'Assistant' };
    throw error;
  }
}
