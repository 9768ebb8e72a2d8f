import type { GroupMap } from '../../core/registration.ts';
import { createChats, type KnownChat } from '../../db/chats.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { EXIT } from '../exit-code.ts';

/** Chats that the host has seen, the latest first; none before the first start. */
export function readKnownChats(context: CliContext): readonly KnownChat[] {
  return readDatabase(installationPaths(context).database, (db) => createChats(db).all()) ?? [];
}

export function withoutRegistered(chats: readonly KnownChat[], groups: GroupMap): KnownChat[] {
  return chats.filter((chat) => !groups.has(chat.jid));
}

/** The chat that a person means by a JID or by the name it has in WhatsApp. */
export function findChat(
  wanted: string,
  chats: readonly KnownChat[],
): { jid: string; name?: string } {
  if (wanted.includes('@')) {
    const jid = wanted.toLowerCase();
    const name = chats.find((chat) => chat.jid === jid)?.name;
    return name ? { jid, name } : { jid };
  }
  const named = chats.filter((chat) => plain(chat.name) === plain(wanted));
  const [first, ...others] = named;
  if (first === undefined) throw unknownName(wanted, chats);
  if (others.length === 0) return { jid: first.jid, name: first.name };
  const jids = named.map((chat) => `  ${chat.jid}`).join('\n');
  throw new CliError(
    EXIT.usage,
    `${named.length} chats are called "${wanted}"; name one by its JID:\n${jids}`,
  );
}

function unknownName(wanted: string, chats: readonly KnownChat[]): CliError {
  if (chats.length === 0) {
    return new CliError(
      EXIT.notReady,
      `No chat is known yet, so that "${wanted}" cannot be found by its name. ` +
        'Run `deckhand link` and `deckhand start`, then write a message in the group; or give its JID.',
    );
  }
  return new CliError(
    EXIT.usage,
    `No known chat is called "${wanted}". \`deckhand groups list --known\` shows them; ` +
      'a chat becomes known when somebody writes in it.',
  );
}

function plain(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
