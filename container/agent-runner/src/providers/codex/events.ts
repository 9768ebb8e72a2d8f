import { decodeLine } from '@deckhand/protocol';
import { z } from 'zod';

const usageSchema = z.looseObject({
  input_tokens: z.int().nonnegative(),
  cached_input_tokens: z.int().nonnegative().default(0),
  output_tokens: z.int().nonnegative(),
});

/** Unknown kinds of items come with new CLI versions and are let through. */
const itemSchema = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  command: z.string().optional(),
  message: z.string().optional(),
  server: z.string().optional(),
  tool: z.string().optional(),
  query: z.string().optional(),
});
export type CodexItem = z.infer<typeof itemSchema>;

const eventSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.enum(['item.started', 'item.updated', 'item.completed']),
    item: itemSchema,
  }),
  z.looseObject({ type: z.literal('turn.completed'), usage: usageSchema.optional() }),
  z.looseObject({ type: z.literal('turn.failed'), error: z.looseObject({ message: z.string() }) }),
  z.looseObject({ type: z.literal('error'), message: z.string() }),
  z.looseObject({ type: z.enum(['thread.started', 'turn.started']) }),
]);
export type CodexEvent = z.infer<typeof eventSchema>;

/** One line of `codex exec --json`; undefined for what this version does not know. */
export function readCodexEvent(line: string): CodexEvent | undefined {
  const decoded = decodeLine(line);
  return decoded.ok ? eventSchema.safeParse(decoded.value).data : undefined;
}
