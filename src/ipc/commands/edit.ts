import { editCommandSchema } from '@deckhand/protocol';
import { renderAnswer } from '../../core/outbound/render-answer.ts';
import { type Command, defineCommand, type Refusal } from '../command.ts';
import type { DraftCommandDeps } from './reaction.ts';
import { UNKNOWN_MESSAGE } from './target.ts';

/** WhatsApp lets people edit for this long; phones ignore what comes much later. */
const EDIT_WINDOW_MS = 15 * 60_000;

/** `messages/`: replaces a text that the assistant has sent. */
export function createEditCommand({ rules, findMessage, post, now }: DraftCommandDeps): Command {
  const mayEdit = (chatJid: string, messageId: string): Refusal | undefined => {
    const found = findMessage(chatJid, messageId);
    if (found === undefined) return UNKNOWN_MESSAGE;
    if (found.textSentAt === undefined) return NOT_OURS;
    return now() - found.textSentAt > EDIT_WINDOW_MS ? TOO_OLD : undefined;
  };
  return defineCommand({
    type: 'edit',
    schema: editCommandSchema,
    authorize(group, { chatJid, messageId, text }) {
      const refusal = rules.mayName(group, chatJid) ?? mayEdit(chatJid, messageId);
      if (refusal) return refusal;
      return renderAnswer(text).length === 1 ? rules.takeTurn(group) : NOT_ONE_MESSAGE;
    },
    apply(_db, _group, { chatJid, messageId: targetId, text }, origin) {
      const rendered = renderAnswer(text).join('\n');
      const draft = { kind: 'edit', chatJid, targetId, text: rendered, at: now() } as const;
      return { messageId: post({ ...draft, mentions: [] }, origin) };
    },
  });
}

const NOT_OURS: Refusal = {
  code: 'not_allowed',
  error: 'Only texts that the assistant has sent can be edited. Send a new message instead.',
};
const TOO_OLD: Refusal = {
  code: 'not_allowed',
  error: 'A message can be edited for 15 minutes only. Send a new message instead.',
};
const NOT_ONE_MESSAGE: Refusal = {
  code: 'malformed',
  error: 'The new text must be one message that people can see. Make it shorter.',
};
