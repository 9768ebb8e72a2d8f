import { z } from 'zod';
import { chatJid, messageId } from './message-input.ts';
import { askHost, defineTool } from './tool.ts';

export const react = defineTool({
  name: 'react',
  description: 'Reacts to a message of the chat with one emoji; an empty one takes it back.',
  shape: { messageId, emoji: z.string().max(64), chatJid },
  run: ({ messageId: id, emoji, chatJid: chat }, context) =>
    askHost(
      context,
      'messages',
      { type: 'reaction', chatJid: chat ?? context.group.jid, messageId: id, emoji },
      () => 'The reaction was accepted.',
    ),
});
