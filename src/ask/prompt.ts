import { randomBytes } from 'node:crypto';
import { encodeConversation, type PromptMessage } from '../core/prompt.ts';

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
  return encode('messages', [fromTerminal(text, askedAt)], timeZone);
}

/** Encodes what was said before a question, oldest first; empty when nothing was. */
export function encodeHistory(said: readonly PromptMessage[], timeZone: string): string {
  return said.length === 0 ? '' : encode('history', said, timeZone);
}

export function fromTerminal(text: string, sentAt: number): PromptMessage {
  const sender = { senderName: 'the person at the terminal', senderJid: 'terminal' };
  return { id: 'terminal', ...sender, sentAt, text, isAssistant: false };
}

function encode(
  tag: 'messages' | 'history',
  messages: readonly PromptMessage[],
  timeZone: string,
): string {
  return encodeConversation(tag, messages, timeZone, randomBytes(9).toString('base64url'));
}
