import type { OutboundDraft } from '../core/message.ts';
import type { Engine } from '../engine/engine.ts';
import type { Command, RequestOrigin } from '../ipc/command.ts';
import { createDestinationRules } from '../ipc/commands/destination.ts';
import { createEditCommand } from '../ipc/commands/edit.ts';
import { createFileCommand } from '../ipc/commands/file.ts';
import { createMessageCommand } from '../ipc/commands/message.ts';
import { createReactionCommand } from '../ipc/commands/reaction.ts';
import { createSpool } from '../media/spool.ts';
import type { Registrations } from '../registrations/registrations.ts';
import type { AppBase } from './base.ts';

/** The requests of `messages/`, over the engine. */
export function createMessageCommands(
  { paths, now, logger }: AppBase,
  { engine, registrations }: { engine: Engine; registrations: Registrations },
): readonly Command[] {
  const originOf = ({ folder, requestId, acceptedAt }: RequestOrigin) =>
    `ipc:${folder}:${requestId}:${acceptedAt}`;
  const drafts = {
    rules: createDestinationRules({ groups: registrations, now }),
    findMessage: engine.findMessage.bind(engine),
    post: (draft: OutboundDraft, origin: RequestOrigin) => engine.post(draft, originOf(origin)),
    now,
  };
  const message = createMessageCommand({
    ...drafts,
    enqueueMessage: (chatJid, text, origin, options) => ({
      messageId: engine.enqueue(chatJid, text, originOf(origin), options),
    }),
  });
  const file = createFileCommand({
    ...drafts,
    spool: createSpool({ root: paths.spool, logger }),
    groupFolder: (folder) => paths.groupFolder(folder),
  });
  return [message, createReactionCommand(drafts), createEditCommand(drafts), file];
}
