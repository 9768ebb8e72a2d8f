import { getContentType, normalizeMessageContent, type proto } from '@whiskeysockets/baileys';

/** What a person would read of a message, and what it refers to. */
export type Content =
  | { kind: 'text'; text: string; context: proto.IContextInfo | undefined; inner: proto.IMessage }
  | { kind: 'none'; reason: string };

type Describe = (message: proto.IMessage) => string;

/** The text for every kind of content a person would notice. Media is named, so that its place is not lost. */
const DESCRIPTIONS: Record<string, Describe> = {
  conversation: (m) => m.conversation ?? '',
  extendedTextMessage: (m) => m.extendedTextMessage?.text ?? '',
  imageMessage: (m) => named('image', m.imageMessage?.caption),
  videoMessage: (m) =>
    named(m.videoMessage?.gifPlayback ? 'gif' : 'video', m.videoMessage?.caption),
  ptvMessage: () => named('video'),
  audioMessage: (m) => named(m.audioMessage?.ptt ? 'voice message' : 'audio'),
  stickerMessage: () => named('sticker'),
  documentMessage: (m) =>
    named(
      detail('document', m.documentMessage?.fileName ?? m.documentMessage?.title),
      m.documentMessage?.caption,
    ),
  contactMessage: (m) => named(detail('contact', m.contactMessage?.displayName)),
  contactsArrayMessage: (m) => named(detail('contacts', m.contactsArrayMessage?.displayName)),
  locationMessage: (m) => named(detail('location', placeOf(m.locationMessage))),
  liveLocationMessage: (m) => named('live location', m.liveLocationMessage?.caption),
  pollCreationMessage: (m) => describePoll(m.pollCreationMessage),
  pollCreationMessageV2: (m) => describePoll(m.pollCreationMessageV2),
  pollCreationMessageV3: (m) => describePoll(m.pollCreationMessageV3),
  eventMessage: (m) => named(detail('event', m.eventMessage?.name), m.eventMessage?.description),
  groupInviteMessage: (m) =>
    named(detail('group invite', m.groupInviteMessage?.groupName), m.groupInviteMessage?.caption),
  buttonsResponseMessage: (m) => m.buttonsResponseMessage?.selectedDisplayText ?? '',
  templateButtonReplyMessage: (m) => m.templateButtonReplyMessage?.selectedDisplayText ?? '',
  listResponseMessage: (m) => m.listResponseMessage?.title ?? '',
  albumMessage: () => '',
};

/** Takes the message out of its wrappers (ephemeral, view once, captioned document, edited…). */
export function readContent(message: proto.IMessage | null | undefined): Content {
  const inner = normalizeMessageContent(message ?? undefined);
  const type = getContentType(inner);
  if (inner === undefined || type === undefined) return { kind: 'none', reason: 'no content' };
  const describe = DESCRIPTIONS[type];
  if (describe === undefined) return { kind: 'none', reason: nameIgnored(type) };
  const text = describe(inner);
  if (text.trim() === '') return { kind: 'none', reason: 'empty' };
  return { kind: 'text', text, context: contextOf(inner, type), inner };
}

function nameIgnored(type: string): string {
  if (type === 'protocolMessage') return 'protocol message';
  return type === 'reactionMessage' || type === 'encReactionMessage'
    ? 'reaction'
    : `content ${type}`;
}

function contextOf(
  message: proto.IMessage,
  type: keyof proto.IMessage,
): proto.IContextInfo | undefined {
  const content: unknown = message[type];
  if (typeof content !== 'object' || content === null || !('contextInfo' in content))
    return undefined;
  return (content.contextInfo as proto.IContextInfo | null) ?? undefined;
}

function named(kind: string, caption?: string | null): string {
  return caption ? `[${kind}] ${caption}` : `[${kind}]`;
}

function detail(kind: string, value: string | null | undefined): string {
  return value ? `${kind}: ${value}` : kind;
}

function placeOf(place: proto.Message.ILocationMessage | null | undefined): string {
  const point = `${place?.degreesLatitude ?? '?'}, ${place?.degreesLongitude ?? '?'}`;
  return place?.name ? `${place.name}, ${point}` : point;
}

function describePoll(poll: proto.Message.IPollCreationMessage | null | undefined): string {
  const options = (poll?.options ?? []).map((option) => `- ${option.optionName ?? ''}`);
  return [named(detail('poll', poll?.name)), ...options].join('\n');
}
