import { z } from 'zod';
import { providerSchema } from './run-request.ts';

/**
 * Why a run failed as the agent knows it, and as the host must treat it:
 * - `auth`: the credential is missing, invalid or expired for good
 * - `quota`: usage limit, plan or billing; nothing helps until `retryAt`
 * - `overloaded`: 429, 5xx, network; a later try may work
 * - `model`: the model does not exist or is not served to this credential
 * - `context`: the conversation does not fit the model
 * - `session`: the session to resume does not exist; start a fresh one
 * - `refused`: bad request or policy; the same input fails again
 * - `script`: the pre-check script of a task failed; the model was not asked
 * - `timeout`, `cancelled`: the deadline or the host ended it
 * - `internal`: the runner or the CLI broke
 */
export const failureClassSchema = z.enum([
  'auth',
  'quota',
  'overloaded',
  'model',
  'context',
  'session',
  'refused',
  'script',
  'timeout',
  'cancelled',
  'internal',
]);
export type FailureClass = z.infer<typeof failureClassSchema>;

const usageSchema = z.strictObject({
  inputTokens: z.number().int().nonnegative(),
  cachedInputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
});
export type Usage = z.infer<typeof usageSchema>;

const eventBase = { runId: z.string().min(1), seq: z.number().int().nonnegative() };

/** Once per process, before any run: the runner is up and reads stdin. */
const readySchema = z.strictObject({
  type: z.literal('ready'),
  v: z.number().int(),
  version: z.string(),
});

const startedSchema = z.strictObject({
  type: z.literal('started'),
  ...eventBase,
  provider: providerSchema,
  model: z.string().optional(),
});

/** The provider's session, to be resumed by the next run when this one succeeds. */
const sessionSchema = z.strictObject({
  type: z.literal('session'),
  ...eventBase,
  sessionId: z.string().min(1),
});

/**
 * What the agent is doing, for people who watch; never sent to a chat. `auth`: the model refused the credential, and
 * one that the host renews within seconds rescues the run.
 */
const progressKindSchema = z.enum(['text', 'tool', 'retry', 'warning', 'auth']);
export type ProgressKind = z.infer<typeof progressKindSchema>;

const progressSchema = z.strictObject({
  type: z.literal('progress'),
  ...eventBase,
  kind: progressKindSchema,
  /** At most 500 characters. */
  detail: z.string().max(500),
});

/** Longest text of one `delta`, in characters. */
export const MAX_DELTA_CHARS = 16_384;

/** The next piece of the assistant's text, in order; only when the request asks for it. */
const deltaSchema = z.strictObject({
  type: z.literal('delta'),
  ...eventBase,
  text: z.string().min(1).max(MAX_DELTA_CHARS),
});

const resultSchema = z.strictObject({
  type: z.literal('result'),
  ...eventBase,
  /** The answer; empty when the agent has nothing to say. */
  text: z.string(),
  /** True when the answer was longer than the request allowed. */
  isCut: z.boolean(),
  /** The pre-check script of a task decided that the agent is not needed; the answer is empty. */
  isNotWoken: z.literal(true).optional(),
  sessionId: z.string().optional(),
  usage: usageSchema.optional(),
});

const failedSchema = z.strictObject({
  type: z.literal('failed'),
  ...eventBase,
  class: failureClassSchema,
  /** Detail for the log, at most 2,000 characters, secrets removed. Never shown in a chat. */
  detail: z.string().max(2000),
  /** When a `quota` failure ends, unix milliseconds. */
  retryAt: z.number().int().optional(),
  /** A tool ran before the failure, so that a retry may repeat an effect. */
  hasSideEffects: z.boolean(),
});

/**
 * Runner to host: one NDJSON line each on stdout. Events of a run carry its id and a sequence number
 * that starts at 0 and has no gaps; exactly one `result` or `failed` ends the run.
 */
export const runnerEventSchema = z.discriminatedUnion('type', [
  readySchema,
  startedSchema,
  sessionSchema,
  progressSchema,
  deltaSchema,
  resultSchema,
  failedSchema,
]);
export type RunnerEvent = z.infer<typeof runnerEventSchema>;
export type ReadyEvent = z.infer<typeof readySchema>;
export type RunEvent = Exclude<RunnerEvent, ReadyEvent>;
export type ResultEvent = z.infer<typeof resultSchema>;
export type FailedEvent = z.infer<typeof failedSchema>;
