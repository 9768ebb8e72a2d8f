import { randomBytes } from 'node:crypto';
import { encodeConversation } from '../core/prompt.ts';

export interface AskedQuestion {
  readonly text: string;
  /** Unix milliseconds. */
  readonly askedAt: number;
  readonly timeZone: string;
}

/**
 * Encodes a question as the one message of its conversation: what is asked at a terminal is nobody else's, so that the
 * chat's messages are not shown either.
 */
export function encodeQuestion({ text, askedAt, timeZone }: AskedQuestion): string {
  const message = {
    id: 'terminal',
    senderName: 'the person at the terminal',
    senderJid: 'terminal',
    sentAt: askedAt,
    text,
    isAssistant: false,
  };
  return encodeConversation('messages', [message], timeZone, randomBytes(9).toString('base64url'));
}
