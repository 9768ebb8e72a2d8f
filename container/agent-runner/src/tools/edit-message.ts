import { MAX_EDIT_CHARS } from '@deckhand/protocol';
import { z } from 'zod';
import { chatJid, messageId } from './message-input.ts';
import { askHost, defineTool } from './tool.ts';

export const editMessage = defineTool({
  name: 'edit_message',
  description: 'Replaces the text of a message that you have sent within the last 15 minutes.',
  shape: { messageId, text: z.string().min(1).max(MAX_EDIT_CHARS), chatJid },
  run: ({ messageId: id, text, chatJid: chat }, context) =>
    askHost(
      context,
      'messages',
      { type: 'edit', chatJid: chat ?? context.group.jid, messageId: id, text },
      () => 'The edit was accepted.',
    ),
});
