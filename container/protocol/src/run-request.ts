import { z } from 'zod';
import { gatewayAccessSchema } from './gateway.ts';
import { PROTOCOL_VERSION } from './version.ts';

/** What runs the agent: Claude's Agent SDK, the Codex CLI, or our own client of the Responses API. */
export const providerSchema = z.enum(['claude', 'codex', 'responses']);
export type Provider = z.infer<typeof providerSchema>;

/**
 * How far a codex or responses agent may go. `auto` may write its own group folder, `readonly` may not (its mailbox and its
 * CLI's home stay writable), `full` may also write what the group's container settings mount in addition.
 */
export const approvalPolicySchema = z.enum(['auto', 'readonly', 'full']);
export type ApprovalPolicy = z.infer<typeof approvalPolicySchema>;

export const codexAuthMethodSchema = z.enum(['chatgpt', 'api_key']);
export type CodexAuthMethod = z.infer<typeof codexAuthMethodSchema>;

/** The only secrets that can ever reach a container. Sent on stdin, so that no inspect shows them. */
export const secretNameSchema = z.enum([
  'ANTHROPIC_API_KEY',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'OPENAI_API_KEY',
]);
export type SecretName = z.infer<typeof secretNameSchema>;
export const secretsSchema = z.partialRecord(secretNameSchema, z.string().min(1));
export type Secrets = z.infer<typeof secretsSchema>;

const codexSettingsSchema = z.strictObject({
  approvalPolicy: approvalPolicySchema,
  /** Which credential the host decided on. */
  auth: codexAuthMethodSchema,
  reasoningEffort: z.string().optional(),
  /** API-key traffic goes here instead of the CLI's default. */
  baseUrl: z.url().optional(),
});

export const responsesTransportSchema = z.enum(['sse', 'websocket']);
export type ResponsesTransport = z.infer<typeof responsesTransportSchema>;

const responsesSettingsSchema = z.strictObject({
  approvalPolicy: approvalPolicySchema,
  /** `chatgpt`: token and account id come from `auth.json` in CODEX_HOME, which the host rewrites. */
  auth: codexAuthMethodSchema,
  /** What `/responses` is appended to. */
  baseUrl: z.url(),
  /** Already one that the model supports. */
  reasoningEffort: z.string().optional(),
  /** The model wants tools and instructions as input items ("Responses Lite"). */
  isLite: z.boolean(),
  transport: responsesTransportSchema,
});

const claudeSettingsSchema = z.strictObject({
  /** Session to resume; absent starts a fresh one. */
  sessionId: z.string().optional(),
  baseUrl: z.url().optional(),
});

/** One run, host to runner: one NDJSON line on stdin. */
export const runRequestSchema = z.strictObject({
  type: z.literal('run'),
  v: z.literal(PROTOCOL_VERSION),
  runId: z.string().min(1),
  provider: providerSchema,
  /** Provider's own model name; absent means the runner's pinned default. */
  model: z.string().optional(),
  assistantName: z.string().min(1),
  group: z.strictObject({
    jid: z.string(),
    name: z.string(),
    folder: z.string(),
    isMain: z.boolean(),
  }),
  /** Content of the memory shared by all groups. The group's own is read inside the container. */
  globalMemory: z.string(),
  /** Recent conversation, oldest first, already encoded by the host. Empty when there is none. */
  history: z.string(),
  /** The messages to answer, or the task to do, already encoded by the host. */
  prompt: z.string().min(1),
  /** Set when the prompt is a scheduled task. */
  task: z
    .strictObject({
      /** Bash script that runs first and decides whether the agent is needed; see docs/ipc.md. */
      script: z.string().min(1).optional(),
    })
    .optional(),
  /** Pictures that the model is shown, as paths below the group's folder; the prompt names them too. */
  images: z
    .array(z.string().regex(/^media\/[\w.-]+$/))
    .max(8)
    .optional(),
  /** IANA zone in which the agent should read and write times. */
  timeZone: z.string(),
  /** The runner gives up after this long; the host holds its own, slightly later, deadline. */
  timeoutMs: z.number().int().positive(),
  /** Longest answer in characters; more is cut with a note. */
  maxOutputChars: z.number().int().positive(),
  claude: claudeSettingsSchema.optional(),
  codex: codexSettingsSchema.optional(),
  responses: responsesSettingsSchema.optional(),
  /** Somebody reads along: the text of the assistant is sent as `delta` events while it is made. */
  isStreaming: z.literal(true).optional(),
  /** Absent where the container has a network and credentials of its own. */
  gateway: gatewayAccessSchema.optional(),
  secrets: secretsSchema,
});
export type RunRequest = z.infer<typeof runRequestSchema>;

/** Asks the runner to stop the run; it ends with a `failed` event of class `cancelled`. */
export const cancelRequestSchema = z.strictObject({
  type: z.literal('cancel'),
  v: z.literal(PROTOCOL_VERSION),
  runId: z.string().min(1),
});

/** Everything the host writes to a runner's stdin. */
export const hostLineSchema = z.discriminatedUnion('type', [runRequestSchema, cancelRequestSchema]);
export type HostLine = z.infer<typeof hostLineSchema>;
