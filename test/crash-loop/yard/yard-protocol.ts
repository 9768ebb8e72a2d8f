import { hostLineSchema } from '@deckhand/protocol';
import { z } from 'zod';

const call = { seq: z.number().int() };

/** What a host asks of the yard, one JSON line each; all but `send` are answered by their `seq`. */
export const yardCallSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('start'),
    ...call,
    folder: z.string(),
    fingerprint: z.string(),
    /** The group's folder and its mailbox, as the host sees them. */
    groupPath: z.string(),
    ipcPath: z.string(),
  }),
  z.strictObject({ op: z.literal('find'), ...call, folder: z.string() }),
  /** Its output comes again from the first byte. */
  z.strictObject({ op: z.literal('adopt'), ...call, id: z.string() }),
  z.strictObject({ op: z.literal('stop'), ...call, id: z.string() }),
  z.strictObject({ op: z.literal('reap'), ...call, keepFolders: z.array(z.string()) }),
  z.strictObject({ op: z.literal('send'), id: z.string(), line: hostLineSchema }),
]);
export type YardCall = z.infer<typeof yardCallSchema>;

const foundSchema = z.strictObject({ id: z.string(), fingerprint: z.string() });

/** What the yard tells a host. */
export const yardReplySchema = z.discriminatedUnion('re', [
  z.strictObject({ re: z.literal('done'), ...call, found: z.array(foundSchema) }),
  z.strictObject({ re: z.literal('failed'), ...call, reason: z.string() }),
  z.strictObject({ re: z.literal('output'), id: z.string(), text: z.string() }),
  z.strictObject({ re: z.literal('exit'), id: z.string(), exitCode: z.number().int() }),
]);
export type YardReply = z.infer<typeof yardReplySchema>;
