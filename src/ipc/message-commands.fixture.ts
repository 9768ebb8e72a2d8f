import { randomUUID } from 'node:crypto';
import { systemNow } from '../clock.ts';
import type { OutboundDraft, TargetMessage } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import { createOutbox } from '../db/outbox.ts';
import { createLogger } from '../logger.ts';
import { createSpool } from '../media/spool.ts';
import type { HostPaths } from '../paths.ts';
import type { Command } from './command.ts';
import { createDestinationRules, type DestinationDeps } from './commands/destination.ts';
import { createEditCommand } from './commands/edit.ts';
import { createFileCommand } from './commands/file.ts';
import { createMessageCommand } from './commands/message.ts';
import { createReactionCommand } from './commands/reaction.ts';
import type { Rate } from './token-bucket.ts';

/** More than any test asks for. */
export const NO_LIMIT: Rate = { burst: 100_000, perSecond: 100_000 };

/** What the examples of the documents refer to: a message of a member, and one of ours. */
const KNOWN_MESSAGES: Readonly<Record<string, TargetMessage>> = {
  AC0123456789ABCDEF: {
    quoted: { id: 'AC0123456789ABCDEF', senderJid: '5@lid', text: 'Who knows?' },
    isFromMe: false,
  },
  '3EB00123456789ABCDEF01': {
    quoted: { id: '3EB00123456789ABCDEF01', text: 'I have read three.' },
    isFromMe: true,
    textSentAt: systemNow(),
  },
};

export interface MessageCommandsDeps extends Pick<DestinationDeps, 'groups'> {
  readonly db: Db;
  readonly paths: HostPaths;
}

/** All requests of the `messages` box, over a real outbox. */
export function createMessageCommands({ db, paths, groups }: MessageCommandsDeps): Command[] {
  const outbox = createOutbox(db);
  // A fresh origin each time: that nothing is stored twice must be the mailbox's doing.
  const post = (draft: OutboundDraft) => {
    const id = randomUUID();
    return outbox.enqueue({ ...draft, id }, `ipc:${id}`, systemNow());
  };
  const drafts = {
    rules: createDestinationRules({ groups, now: systemNow, rate: NO_LIMIT }),
    findMessage: (_chatJid: string, id: string) => KNOWN_MESSAGES[id],
    post,
    now: systemNow,
  };
  return [
    createMessageCommand({
      ...drafts,
      enqueueMessage: (chatJid, text) => ({
        messageId: post({ kind: 'text', chatJid, text, mentions: [] }),
      }),
    }),
    createReactionCommand(drafts),
    createEditCommand(drafts),
    createFileCommand({
      ...drafts,
      spool: createSpool({ root: paths.spool, logger: createLogger('silent') }),
      groupFolder: (folder) => paths.groupFolder(folder),
    }),
  ];
}
