import type { OutboundMessage } from '../message.ts';

/** One of our messages as the agent reads it later in the history of its chat. */
export function describeOutbound(message: OutboundMessage): string {
  switch (message.kind) {
    case 'text':
      return message.text;
    case 'reaction':
      return message.emoji === ''
        ? `[reaction to ${message.target.id} taken back]`
        : `[reaction to ${message.target.id}] ${message.emoji}`;
    case 'edit':
      return `[new text of ${message.targetId}] ${message.text}`;
    case 'media':
      return [
        `[${message.media}${message.fileName ? `: ${message.fileName}` : ''}]`,
        message.caption,
      ]
        .filter((part) => part)
        .join(' ');
    default:
      return message satisfies never;
  }
}
