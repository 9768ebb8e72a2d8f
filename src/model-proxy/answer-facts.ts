import { type ApiError, errorObjectSchema, toApiError, type Usage } from '@deckhand/protocol';
import { z } from 'zod';

const tokens = z.int().nonnegative().nullish();

/** Both APIs' own counts. The Messages API leaves what is cached out of `input_tokens`. */
const usageSchema = z.looseObject({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
  input_tokens_details: z.looseObject({ cached_tokens: tokens }).nullish(),
});

const errorSchema = errorObjectSchema.nullish().catch(undefined);
const usagePartSchema = usageSchema.nullish().catch(undefined);

/** A whole answer, or one event of a stream: counts are in it, in its `message`, or in its `response`. */
const factsSchema = z.looseObject({
  type: z.string().nullish().catch(undefined),
  usage: usagePartSchema,
  error: errorSchema,
  message: z.looseObject({ usage: usagePartSchema }).nullish().catch(undefined),
  response: z
    .looseObject({ usage: usagePartSchema, error: errorSchema })
    .nullish()
    .catch(undefined),
});

/** Counts as an API names them; a later event of an answer replaces what an earlier one has said. */
export type AnswerCounts = Readonly<
  Partial<Record<(typeof COUNTS)[number] | 'cached_tokens', number>>
>;

const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
] as const;

/** What an answer, or an event of one, tells of itself. */
export interface AnswerFacts {
  readonly counts: AnswerCounts;
  /** Nothing follows that would count more. */
  readonly isEnd: boolean;
  readonly error?: ApiError;
}

/** Events behind which the counts are whole. */
const END_TYPES: ReadonlySet<string> = new Set([
  'message',
  'message_delta',
  'response.completed',
  'response.done',
  'response.incomplete',
  'response.failed',
]);

/** Reads JSON of either API; what is unknown or of another form tells nothing. */
export function readAnswerFacts(value: unknown): AnswerFacts {
  const read = factsSchema.safeParse(value).data;
  if (read === undefined) return { counts: {}, isEnd: false };
  const usage = read.usage ?? read.message?.usage ?? read.response?.usage;
  const error = read.error ?? read.response?.error ?? topLevelError(read.type, value);
  // A whole answer of the Responses API has no type, but an `object`.
  const isWhole = read['object'] === 'response' || END_TYPES.has(read.type ?? '');
  return {
    isEnd: isWhole && usage !== undefined && usage !== null,
    counts: usage ? toCounts(usage) : {},
    ...(error && { error: toApiError(error) }),
  };
}

/** The Responses API tells an error of its stream in the event itself. */
function topLevelError(type: string | null | undefined, value: unknown) {
  return type === 'error' ? errorObjectSchema.safeParse(value).data : undefined;
}

function toCounts(usage: z.infer<typeof usageSchema>): AnswerCounts {
  const all = { ...usage, cached_tokens: usage.input_tokens_details?.cached_tokens };
  const named = [...COUNTS, 'cached_tokens' as const].map((name) => [name, all[name]] as const);
  return Object.fromEntries(named.filter(([, count]) => typeof count === 'number'));
}

export function toUsage(counts: AnswerCounts): Usage {
  const created = counts.cache_creation_input_tokens ?? 0;
  const read = counts.cache_read_input_tokens ?? 0;
  return {
    inputTokens: (counts.input_tokens ?? 0) + created + read,
    cachedInputTokens: counts.cached_tokens ?? read,
    outputTokens: counts.output_tokens ?? 0,
  };
}
