import { MAX_MENTIONS, MAX_MESSAGE_CHARS, memberJidSchema } from '@deckhand/protocol';
import { z } from 'zod';
import { chatJid, describeSent, messageId } from './message-input.ts';
import { askHost, defineTool } from './tool.ts';

export const replyToMessage = defineTool({
  name: 'reply_to_message',
  description:
    'Sends a message now that quotes an earlier message of the chat. Your answer itself is sent anyway; do not send it with this too.',
  shape: {
    messageId,
    text: z.string().min(1).max(MAX_MESSAGE_CHARS),
    mentions: z
      .array(memberJidSchema)
      .max(MAX_MENTIONS)
      .optional()
      .describe('JIDs of people to mention; @Name in the text needs no entry.'),
    chatJid,
  },
  run: ({ messageId: replyTo, chatJid: chat, text, mentions }, context) =>
    askHost(
      context,
      'messages',
      { type: 'message', chatJid: chat ?? context.group.jid, text, replyTo, mentions },
      describeSent,
    ),
});
