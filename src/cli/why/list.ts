import type { Jid } from '../../core/message.ts';
import { type FoundMessage, listMessages, readMessageText } from '../../db/story-message.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';

export interface ListedMessage extends FoundMessage {
  /** Asked for alone. */
  readonly text?: string;
}

/** The newest messages, oldest first. */
export function listNewest(
  context: CliContext,
  wanted: { chatJid: Jid | undefined; limit: number; hasText: boolean },
): readonly ListedMessage[] {
  const { database } = installationPaths(context);
  const found = readDatabase(database, (db) =>
    listMessages(db, wanted).map((message): ListedMessage => {
      const text = wanted.hasText ? readMessageText(db, message.seq) : undefined;
      return { ...message, ...(text !== undefined && { text }) };
    }),
  );
  return [...(found ?? [])].reverse();
}
