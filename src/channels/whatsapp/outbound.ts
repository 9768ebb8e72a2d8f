import { proto } from '@whiskeysockets/baileys';
import type {
  Jid,
  OutboundEdit,
  OutboundMedia,
  OutboundMessage,
  OutboundReaction,
  OutboundText,
} from '../../core/message.ts';
import { isGroup, userOf } from './identity.ts';

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
 * Throws for a file that was not uploaded.
 */
export function toProtoMessage(message: OutboundMessage, form: ChatForm): proto.IMessage {
  switch (message.kind) {
    case 'text':
      return toText(message, form);
    case 'reaction':
      return toReaction(message, form);
    case 'edit':
      return toEdit(message, form);
    case 'media':
      return toMedia(message, form);
    default:
      return message satisfies never;
  }
}

/**
 * Mentions show as names only where the text holds `@` and the user part of the very JID mentioned, so the
 * text is rewritten along with them.
 */
function toText(
  message: Pick<OutboundText, 'text' | 'mentions' | 'quoted'>,
  form: ChatForm,
): proto.IMessage {
  const mentions = message.mentions.map((jid) => ({ jid, address: form.addressOf(jid) }));
  const text = mentions.reduce(
    (all, { jid, address }) => all.replaceAll(mentionOf(jid), `@${userOf(address)}`),
    message.text,
  );
  const contextInfo = toContextInfo(
    message.quoted,
    mentions.map((mention) => mention.address),
    form,
  );
  if (contextInfo === undefined) return { conversation: text };
  return { extendedTextMessage: { text, contextInfo } };
}

function toReaction({ chatJid, target, emoji, at }: OutboundReaction, form: ChatForm) {
  const { id, senderJid } = target;
  const isTheirsInGroup = senderJid !== undefined && isGroup(chatJid);
  const key = {
    remoteJid: chatJid,
    fromMe: senderJid === undefined,
    id,
    ...(isTheirsInGroup ? { participant: form.addressOf(senderJid) } : {}),
  };
  return { reactionMessage: { key, text: emoji, senderTimestampMs: at } };
}

function toEdit(message: OutboundEdit, form: ChatForm): proto.IMessage {
  return {
    protocolMessage: {
      key: { remoteJid: message.chatJid, fromMe: true, id: message.targetId },
      type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
      editedMessage: toText(message, form),
      timestampMs: message.at,
    },
  };
}

/** The upload is an encoded message with nothing but the file; see upload.ts. */
function toMedia({ upload, id }: OutboundMedia, form: ChatForm): proto.IMessage {
  if (upload === undefined) throw new Error(`the file of message ${id} is not uploaded`);
  const content = proto.Message.decode(Buffer.from(upload, 'base64'));
  const contextInfo = toContextInfo(undefined, [], form);
  const part =
    content.imageMessage ?? content.videoMessage ?? content.audioMessage ?? content.documentMessage;
  if (part && contextInfo !== undefined) part.contextInfo = contextInfo;
  return content;
}

function mentionOf(jid: Jid): RegExp {
  return new RegExp(`@${RegExp.escape(userOf(jid))}(?!\\d)`, 'g');
}

function toContextInfo(
  quoted: OutboundText['quoted'],
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
