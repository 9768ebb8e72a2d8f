import { MAX_MESSAGE_CHARS } from '@deckhand/protocol';
import { z } from 'zod';
import { describeSent } from './message-input.ts';
import { askHost, defineTool } from './tool.ts';

export const sendMessage = defineTool({
  name: 'send_message',
  description:
    'Sends a message to the WhatsApp group now, before your answer. Your answer itself is sent anyway; do not send it with this too.',
  shape: {
    text: z.string().min(1).max(MAX_MESSAGE_CHARS),
    chatJid: z
      .string()
      .max(128)
      .optional()
      .describe('Main group only: another registered group to send to.'),
  },
  run: ({ text, chatJid }, context) =>
    askHost(
      context,
      'messages',
      { type: 'message', chatJid: chatJid ?? context.group.jid, text },
      describeSent,
    ),
});
