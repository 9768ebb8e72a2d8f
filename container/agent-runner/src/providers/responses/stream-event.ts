import { decodeLine, errorObjectSchema } from '@deckhand/protocol';
import { z } from 'zod';

const callSchema = z.looseObject({
  type: z.enum(['function_call', 'custom_tool_call']),
  call_id: z.string().min(1),
  name: z.string(),
  arguments: z.string().default(''),
});
export type CallItem = z.infer<typeof callSchema>;

const CALL_TYPES: ReadonlySet<string> = new Set(callSchema.shape.type.options);

/**
 * Of an item that the model has made, only calls and messages matter; all are replayed whole. A call without a name or
 * an id could not be answered.
 */
const itemSchema = z
  .looseObject({
    type: z.string(),
    content: z.unknown().optional(),
    encrypted_content: z.unknown().optional(),
  })
  .refine((item) => !CALL_TYPES.has(item.type) || callSchema.safeParse(item).success);
export type OutputItem = z.infer<typeof itemSchema>;

const usageSchema = z.looseObject({
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  input_tokens_details: z.looseObject({ cached_tokens: z.int().nonnegative() }).nullish(),
});

const responseSchema = z.looseObject({
  status: z.string().nullish(),
  output: z.array(itemSchema).nullish(),
  usage: usageSchema.nullish(),
  error: errorObjectSchema.nullish(),
  incomplete_details: z.looseObject({ reason: z.string() }).nullish(),
});
export type EndedResponse = z.infer<typeof responseSchema>;

const END_TYPES = [
  'response.completed',
  'response.done',
  'response.incomplete',
  'response.failed',
] as const;

const eventSchema = z.discriminatedUnion('type', [
  // A call that begins has no arguments yet.
  z.looseObject({
    type: z.literal('response.output_item.added'),
    item: z.looseObject({ type: z.string() }),
  }),
  z.looseObject({ type: z.literal('response.output_text.delta'), delta: z.string() }),
  z.looseObject({ type: z.literal('response.output_item.done'), item: itemSchema }),
  z.looseObject({ type: z.enum(END_TYPES), response: responseSchema }),
  errorObjectSchema.extend({
    type: z.literal('error'),
    status: z.number().nullish(),
    error: errorObjectSchema.nullish(),
    headers: z.record(z.string(), z.unknown()).nullish(),
  }),
]);
export type StreamEvent = z.infer<typeof eventSchema>;

const KNOWN: ReadonlySet<string> = new Set<StreamEvent['type']>([
  'response.output_item.added',
  'response.output_text.delta',
  'response.output_item.done',
  ...END_TYPES,
  'error',
]);
const typedSchema = z.looseObject({ type: z.string() });

export type ReadEvent =
  | { readonly status: 'event'; readonly event: StreamEvent }
  /** Events that are not needed, and new ones that the API may send. */
  | { readonly status: 'other' }
  | { readonly status: 'bad'; readonly detail: string };

/** One event of a stream, from its data. */
export function readStreamEvent(data: string): ReadEvent {
  // What some gateways put behind the last event.
  if (data.trim() === '[DONE]') return { status: 'other' };
  const decoded = decodeLine(data);
  if (!decoded.ok) return { status: 'bad', detail: 'an event of the stream is not JSON' };
  const typed = typedSchema.safeParse(decoded.value);
  if (!typed.success) return { status: 'bad', detail: 'an event of the stream has no type' };
  const { type } = typed.data;
  if (!KNOWN.has(type)) return { status: 'other' };
  const event = eventSchema.safeParse(decoded.value);
  if (event.success) return { status: 'event', event: event.data };
  return { status: 'bad', detail: `the event ${type} has an unexpected form` };
}

/** The call that an item is; undefined for other items. */
export function readCall(item: OutputItem): CallItem | undefined {
  return callSchema.safeParse(item).data;
}
