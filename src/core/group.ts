import {
  type ApprovalPolicy,
  approvalPolicySchema,
  codexAuthMethodSchema,
  providerSchema,
} from '@deckhand/protocol';
import { z } from 'zod';
import { folderNameSchema } from './folder-name.ts';
import { modelSettingSchema } from './models/model-setting.ts';
import { readPerson } from './person.ts';
import { isTimeZone } from './schedule/local-time.ts';

const mountSchema = z.strictObject({
  /** Absolute path on the host, or `~/…`; must be allowed by the mount allowlist. */
  hostPath: z.string().min(1),
  /** Name under /workspace/extra. */
  containerPath: z.string().min(1),
  readonly: z.boolean().default(true),
});
export type ExtraMount = z.infer<typeof mountSchema>;

const containerConfigSchema = z.strictObject({
  additionalMounts: z.array(mountSchema).optional(),
  /** Deadline of one run in milliseconds, at most a day; the installation's default otherwise. */
  timeout: z.number().int().min(1000).max(86_400_000).optional(),
  memoryMb: z.number().int().min(128).optional(),
  cpus: z.number().positive().optional(),
});

const openaiAgentSchema = z.strictObject({
  approvalPolicy: approvalPolicySchema.default('auto'),
  /** Pins one credential: `chatgpt` is the ChatGPT sign-in. */
  authMethod: codexAuthMethodSchema.optional(),
});

const providerConfigSchema = z.strictObject({
  codex: openaiAgentSchema.optional(),
  responses: openaiAgentSchema.optional(),
});

/** Kept as somebody wrote it. */
const personSchema = z
  .string()
  .max(60)
  .refine(
    (text) => readPerson(text) !== undefined,
    'must be a phone number with its country code, such as +49 151 12345678, or a JID such as 4915112345678@s.whatsapp.net',
  );

const sendersSchema = z.strictObject({
  /** Who may ask; everybody when it is left out. */
  allow: z.array(personSchema).max(1_000).optional(),
  /** What becomes of the others' messages: `trigger` keeps them as context, `drop` keeps nothing of them. */
  mode: z.enum(['trigger', 'drop']).default('trigger'),
});

const WHOLE_NUMBER = 'must be a whole number, 0 or more';
const amountSchema = z.number(WHOLE_NUMBER).int(WHOLE_NUMBER).min(0, WHOLE_NUMBER);

const budgetSchema = z.strictObject({
  /** Runs that may start on one calendar day in the group's time zone. */
  runsPerDay: amountSchema.optional(),
  /** Input and output tokens of one such day; the run that passes it is the last one. */
  tokensPerDay: amountSchema.optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/**
 * One registration of `data/registered_groups.json`, in NanoClaw v1's format with a provider added:
 * a file without the provider fields loads as claude.
 */
export const registeredGroupSchema = z.strictObject({
  jid: z.string().regex(/^[^\s@]+@(g\.us|s\.whatsapp\.net|lid)$/, 'is not a WhatsApp JID'),
  name: z.string().min(1).max(200),
  folder: folderNameSchema,
  /** Shown to people; what triggers is ASSISTANT_NAME unless this names another word. */
  trigger: z
    .string()
    .max(100)
    .regex(/^@?[^\s@]/, 'must be a word, with or without "@" before it')
    .optional(),
  requiresTrigger: z.boolean().optional(),
  isMain: z.boolean().default(false),
  provider: providerSchema.default('claude'),
  providerConfig: providerConfigSchema.optional(),
  /** Model for this group instead of the installation's default. */
  model: modelSettingSchema.optional(),
  /** Lets Claude answer here when no model of OpenAI can. */
  fallbackToClaude: z.boolean().optional(),
  /** IANA zone of its people; the installation's otherwise. */
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin')
    .optional(),
  /** Shows with reactions what becomes of a question: accepted, answered or failed. */
  receipts: z.boolean().optional(),
  senders: sendersSchema.optional(),
  /** May ask and command whatever the other settings say. */
  admins: z.array(personSchema).max(100).optional(),
  budget: budgetSchema.optional(),
  containerConfig: containerConfigSchema.optional(),
  /** RFC 3339. */
  added_at: z.string().optional(),
});
export type RegisteredGroup = z.infer<typeof registeredGroupSchema>;

/** How far the group's agent may go, also when another program than its own answers as a fallback. */
export function approvalPolicyOf({ provider, providerConfig }: RegisteredGroup): ApprovalPolicy {
  if (provider === 'claude') return 'full';
  return providerConfig?.[provider]?.approvalPolicy ?? 'auto';
}
