import { z } from 'zod';
import { groupReplySchema } from './ipc-groups.ts';
import { MAX_MENTIONS, memberJidSchema, messageIdSchema } from './ipc-messages.ts';
import { taskReplySchema } from './ipc-tasks.ts';

/** Largest request file in bytes (T4 of the threat table). */
export const MAX_REQUEST_BYTES = 64 * 1024;
/** Longest text of one message in characters. */
export const MAX_MESSAGE_CHARS = 32_000;

/**
 * `messages/<name>.json`: sends a text to a chat. The format is NanoClaw v1's; what it claims about its
 * origin (`groupFolder`, `sender`, `timestamp`) grants nothing, the folder it lies in does.
 */
export const messageCommandSchema = z.strictObject({
  type: z.literal('message'),
  /** Destination; a group other than main may name only its own. */
  chatJid: z.string().min(1).max(128),
  text: z.string().min(1).max(MAX_MESSAGE_CHARS),
  /** Id of a message of that chat, which is quoted. */
  replyTo: messageIdSchema.optional(),
  /** People to mention; what stands in the text as `@Name` needs no entry here. */
  mentions: z.array(memberJidSchema).max(MAX_MENTIONS).optional(),
  sender: z.string().max(128).optional(),
  groupFolder: z.string().max(64).optional(),
  timestamp: z.string().max(64).optional(),
});
export type MessageCommand = z.infer<typeof messageCommandSchema>;

export const refusalCodeSchema = z.enum([
  'malformed',
  'too_large',
  'not_allowed',
  'unknown_chat',
  'unknown_type',
  'unsafe_file',
  'duplicate_name',
  'rate_limited',
  'unknown_message',
  'unknown_file',
  'unknown_task',
  'bad_schedule',
  'conflict',
  'too_many',
  'unavailable',
]);
export type RefusalCode = z.infer<typeof refusalCodeSchema>;

/** `replies/<name of the request file>`: what became of a request. */
export const ipcReplySchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    requestId: z.string(),
    /** Of a message: the id under which WhatsApp gets it. */
    messageId: z.string().optional(),
    /** The task that was made or changed, as it is now. */
    task: taskReplySchema.optional(),
    /** The group that was registered. */
    group: groupReplySchema.optional(),
    /** Of `refresh_groups`: how many chats are known now. */
    knownGroups: z.number().int().nonnegative().optional(),
  }),
  z.strictObject({
    ok: z.literal(false),
    requestId: z.string(),
    code: refusalCodeSchema,
    /** One sentence that says what to change. */
    error: z.string(),
  }),
]);
export type IpcReply = z.infer<typeof ipcReplySchema>;
