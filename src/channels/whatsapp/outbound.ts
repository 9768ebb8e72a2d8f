import type { proto } from '@whiskeysockets/baileys';
import type { Jid, OutboundMessage } from '../../core/message.ts';
import { userOf } from './identity.ts';

/** How a message is written for one chat. */
export interface ChatForm {
  /** The JID by which a person goes in this chat: their LID in LID groups. */
  addressOf(jid: Jid): Jid;
  /** Seconds after which messages of the chat disappear, where that is set. */
  readonly expirationSeconds?: number | undefined;
}

export const PLAIN_FORM: ChatForm = { addressOf: (jid) => jid };

/**
 * The protobuf message, with the same bytes for the same input: a resend must not differ from the first send.
 * Mentions show as names only where the text holds `@` and the user part of the very JID mentioned, so the
 * text is rewritten along with them.
 */
export function toProtoMessage(message: OutboundMessage, form: ChatForm): proto.IMessage {
  const mentions = message.mentions.map((jid) => ({ jid, address: form.addressOf(jid) }));
  const text = mentions.reduce(
    (all, { jid, address }) => all.replaceAll(mentionOf(jid), `@${userOf(address)}`),
    message.text,
  );
  const contextInfo = toContextInfo(
    message,
    mentions.map((mention) => mention.address),
    form,
  );
  if (contextInfo === undefined) return { conversation: text };
  return { extendedTextMessage: { text, contextInfo } };
}

function mentionOf(jid: Jid): RegExp {
  return new RegExp(`@${RegExp.escape(userOf(jid))}(?!\\d)`, 'g');
}

function toContextInfo(
  { quoted }: OutboundMessage,
  mentionedJid: Jid[],
  form: ChatForm,
): proto.IContextInfo | undefined {
  const { expirationSeconds } = form;
  if (quoted === undefined && mentionedJid.length === 0 && !expirationSeconds) return undefined;
  return {
    ...(quoted === undefined
      ? {}
      : {
          stanzaId: quoted.id,
          ...(quoted.senderJid === undefined
            ? {}
            : { participant: form.addressOf(quoted.senderJid) }),
          quotedMessage: { conversation: quoted.text },
        }),
    ...(mentionedJid.length === 0 ? {} : { mentionedJid }),
    ...(expirationSeconds ? { expiration: expirationSeconds } : {}),
  };
}
