import type { IpcReply } from '@deckhand/protocol';
import { messageIdSchema } from '@deckhand/protocol';
import { z } from 'zod';

/** Fields that several tools have in common. */
export const messageId = messageIdSchema.describe(
  'Id of the message, from its tag or from what a tool returned.',
);
export const chatJid = z
  .string()
  .max(128)
  .optional()
  .describe('Main group only: another registered group.');

export function describeSent({ messageId: id }: Extract<IpcReply, { ok: true }>): string {
  return id === undefined ? 'It was accepted.' : `It was accepted for delivery; its id is ${id}.`;
}
