import type { Jid } from './message.ts';

/** One line of a conversation as an agent sees it. */
export interface PromptMessage {
  readonly id: string;
  readonly senderName: string;
  readonly senderJid: Jid;
  /** Unix milliseconds. */
  readonly sentAt: number;
  readonly text: string;
  readonly isAssistant: boolean;
  readonly quotedText?: string;
  readonly attachment?: PromptAttachment;
}

/** A file of a message: where the agent finds it, or why it does not. */
export interface PromptAttachment {
  readonly kind: string;
  /** As the sender names it. */
  readonly fileName?: string | undefined;
  readonly file:
    | { readonly path: string; readonly mimetype: string; readonly byteSize: number }
    | { readonly missing: string };
}

/** Shortens quoted texts: they are context, the original was sent once already. */
const MAX_QUOTED_CHARS = 500;

/**
 * Encodes messages as `<messages>` with one `<message sender time>` each. Two things keep a member from
 * forging structure: markup characters are escaped, and the block ends with a random boundary.
 */
export function encodeConversation(
  tag: 'messages' | 'history',
  messages: readonly PromptMessage[],
  timeZone: string,
  boundary: string,
): string {
  const format = timeFormat(timeZone);
  const lines = messages.map((message) => encodeMessage(message, format));
  return `<${tag} boundary="${boundary}">\n${lines.join('\n')}\n</${tag} boundary="${boundary}">`;
}

function encodeMessage(message: PromptMessage, format: Intl.DateTimeFormat): string {
  const sender = message.isAssistant ? 'assistant' : message.senderName || message.senderJid;
  const attributes = encodeAttributes([
    ['sender', sender],
    ['from', message.isAssistant ? 'you' : message.senderJid],
    ['time', formatTime(format, message.sentAt)],
    ['id', message.id],
    ['replies-to', message.quotedText === undefined ? undefined : shorten(message.quotedText)],
  ]);
  const { attachment } = message;
  const file = attachment === undefined ? '' : encodeAttachment(attachment);
  return `<message ${attributes}>${encodeText(message.text)}${file}</message>`;
}

function encodeAttachment({ kind, fileName, file }: PromptAttachment): string {
  const attributes = encodeAttributes([
    ['kind', kind],
    ...('missing' in file
      ? ([['missing', file.missing]] as const)
      : ([
          ['file', file.path],
          ['type', file.mimetype],
          ['bytes', String(file.byteSize)],
        ] as const)),
    ['name', fileName],
  ]);
  return `<attachment ${attributes}/>`;
}

function encodeAttributes(
  attributes: readonly (readonly [name: string, value: string | undefined])[],
): string {
  return attributes
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}="${encodeText(value, true)}"`],
    )
    .join(' ');
}

function shorten(text: string): string {
  return text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text;
}

/** Also control characters and lone surrogates: the first garble terminals, the second are not UTF-8. */
const ESCAPED_IN_TEXT = /[&<>]|(?![\n\t])[\p{Cc}\p{Cs}]/gu;
const ESCAPED_IN_ATTRIBUTE = /[&<>"]|[\p{Cc}\p{Cs}]/gu;

/** Reversed by {@link decodeText} for every string. */
export function encodeText(text: string, isAttribute = false): string {
  return text.replace(
    isAttribute ? ESCAPED_IN_ATTRIBUTE : ESCAPED_IN_TEXT,
    (character) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const CHARACTERS = new Map(Object.entries(NAMED).map(([character, name]) => [name, character]));

export function decodeText(encoded: string): string {
  return encoded.replace(
    /&(?:amp|lt|gt|quot|#x([0-9a-f]+));/g,
    (entity, hex: string | undefined) =>
      CHARACTERS.get(entity) ?? String.fromCharCode(Number.parseInt(hex ?? '', 16)),
  );
}

/** By zone, since making one takes longer than encoding a message. */
const formats = new Map<string, Intl.DateTimeFormat>();

function timeFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  formats.set(timeZone, format);
  return format;
}

/** Local time as `2026-11-21 14:03:05`. */
function formatTime(format: Intl.DateTimeFormat, at: number): string {
  return format.format(at);
}
