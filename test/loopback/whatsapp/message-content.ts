import { normalizeMessageContent, type proto } from '@whiskeysockets/baileys';
import type { SendOptions } from './types.ts';

export interface ReadableContent {
  text: string;
  quotedId: string | undefined;
  quotedText: string | undefined;
  mentions: string[];
}

/** @param quoteAuthor the JID under which the quoted message's author is known in this chat */
export function buildText(
  text: string,
  options: SendOptions,
  quoteAuthor: string | undefined,
): proto.IMessage {
  const { mentions, quote } = options;
  if (!mentions?.length && !quote) return { conversation: text };
  return {
    extendedTextMessage: {
      text,
      contextInfo: {
        ...(mentions ? { mentionedJid: mentions } : {}),
        ...(quote
          ? {
              stanzaId: quote.id,
              participant: quoteAuthor ?? quote.from,
              quotedMessage: { conversation: quote.text },
            }
          : {}),
      },
    },
  };
}

/** Body or caption, quote and mentions of any content, through its wrappers. */
export function readContent(content: proto.IMessage): ReadableContent {
  const inner = normalizeMessageContent(content) ?? {};
  const context =
    inner.extendedTextMessage?.contextInfo ??
    inner.imageMessage?.contextInfo ??
    inner.documentMessage?.contextInfo ??
    inner.videoMessage?.contextInfo ??
    inner.audioMessage?.contextInfo;
  return {
    text: readText(inner),
    quotedId: context?.stanzaId ?? undefined,
    quotedText: context?.quotedMessage ? readText(context.quotedMessage) : undefined,
    mentions: context?.mentionedJid ?? [],
  };
}

function readText(content: proto.IMessage): string {
  const inner = normalizeMessageContent(content) ?? {};
  return (
    inner.conversation ??
    inner.extendedTextMessage?.text ??
    inner.imageMessage?.caption ??
    inner.videoMessage?.caption ??
    inner.documentMessage?.caption ??
    ''
  );
}

/** The `type` attribute of a message stanza. */
export function stanzaType(content: proto.IMessage): string {
  const inner = normalizeMessageContent(content) ?? {};
  if (inner.reactionMessage) return 'reaction';
  const isMedia =
    inner.imageMessage ??
    inner.videoMessage ??
    inner.documentMessage ??
    inner.audioMessage ??
    inner.stickerMessage;
  return isMedia ? 'media' : 'text';
}
