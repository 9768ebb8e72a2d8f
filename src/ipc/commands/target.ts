import type { Jid, TargetMessage } from '../../core/message.ts';
import type { Refusal } from '../command.ts';

/** A message of this chat by its id, undefined when the chat has none. */
export type FindMessage = (chatJid: Jid, id: string) => TargetMessage | undefined;

export const UNKNOWN_MESSAGE: Refusal = {
  code: 'unknown_message',
  error: 'This chat has no message of that id. Use the id of a message you were shown.',
};
