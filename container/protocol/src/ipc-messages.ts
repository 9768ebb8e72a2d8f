import { z } from 'zod';
import { ipcLine, ipcText } from './ipc-text.ts';

const MIB = 1024 * 1024;

/** Largest file in bytes that an agent may send, by kind. WhatsApp itself takes 16 MiB of pictures and sound. */
export const MAX_FILE_BYTES = {
  document: 64 * MIB,
  image: 16 * MIB,
  video: 64 * MIB,
  voice: 16 * MIB,
} as const;
/** Longest caption of a file in characters. */
export const MAX_CAPTION_CHARS = 1_024;
/** Longest new text of an edited message in characters: one message. */
export const MAX_EDIT_CHARS = 4_000;
/** People mentioned in one message at most. */
export const MAX_MENTIONS = 50;

const jidSchema = z.string().min(1).max(128);
export const messageIdSchema = z.string().min(1).max(128);

/** JID of a person. */
export const memberJidSchema = z
  .string()
  .max(128)
  .regex(/^\d{1,32}@(s\.whatsapp\.net|lid)$/, 'is not the JID of a person');

const common = {
  /** The chat; a group other than main may name only its own. */
  chatJid: jidSchema,
  sender: z.string().max(128).optional(),
  groupFolder: z.string().max(64).optional(),
  timestamp: z.string().max(64).optional(),
};

/** One emoji as people can choose it, some of which are written without their variation selector. */
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;

/** `messages/`: reacts to a message of the chat; an empty emoji takes the reaction back. */
export const reactionCommandSchema = z.strictObject({
  type: z.literal('reaction'),
  messageId: messageIdSchema,
  emoji: z
    .string()
    .max(64)
    .refine((emoji) => emoji === '' || EMOJI.test(emoji), { error: 'must be one emoji' }),
  ...common,
});

/** `messages/`: replaces the text of a message that the assistant has sent. */
export const editCommandSchema = z.strictObject({
  type: z.literal('edit'),
  messageId: messageIdSchema,
  text: ipcText(MAX_EDIT_CHARS),
  ...common,
});

export const fileKindSchema = z.enum(['document', 'image', 'video', 'voice']);

/** `messages/`: sends a file of the group's folder. */
export const fileCommandSchema = z.strictObject({
  type: z.literal('file'),
  /** Relative to the group's folder. */
  path: z.string().min(1).max(1_024),
  kind: fileKindSchema,
  caption: ipcText(MAX_CAPTION_CHARS).optional(),
  /** Shown for a document; the last part of the path when absent. */
  fileName: ipcLine(200).optional(),
  ...common,
});
