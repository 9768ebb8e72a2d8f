import {
  type ApprovalPolicy,
  approvalPolicySchema,
  codexAuthMethodSchema,
  providerSchema,
} from '@deckhand/protocol';
import { z } from 'zod';
import { EGRESS_POLICIES } from './egress.ts';
import { folderNameSchema } from './folder-name.ts';
import { HOST_RULE_FORM, parseHostRule } from './host-rule.ts';
import { modelSettingSchema } from './models/model-setting.ts';
import { readPerson } from './person.ts';
import { rateSchema } from './rate.ts';
import { isTimeZone } from './schedule/local-time.ts';

const mountSchema = z.strictObject({
  hostPath: z.string().min(1).meta({
    description:
      'folder or file of this machine: absolute, or `~/…`; must be allowed by the mount allowlist',
  }),
  containerPath: z.string().min(1).meta({
    description: 'where it appears below `/workspace/extra`: plain names with `/` between',
  }),
  readonly: z.boolean().default(true).meta({
    description: '`false` asks for write access, which only the main group can get',
  }),
});
export type ExtraMount = z.infer<typeof mountSchema>;

const containerConfigSchema = z.strictObject({
  additionalMounts: z.array(mountSchema).optional(),
  timeout: z.number().int().min(1000).max(86_400_000).optional().meta({
    description: 'longest time of one run in milliseconds, 1000 to 86400000 (a day)',
    unset: '`CONTAINER_TIMEOUT`',
  }),
  memoryMb: z.number().int().min(128).optional().meta({
    description: 'memory in MiB, at least 128',
    unset: '`CONTAINER_MEMORY_MB`',
  }),
  cpus: z.number().min(0.01).optional().meta({
    description: 'CPUs, at least 0.01',
    unset: '`CONTAINER_CPUS`',
  }),
  diskMb: z.number().int().min(64).optional().meta({
    description:
      "MiB that the group's folders may take, at least 64; a run that lets them outgrow it is stopped",
    unset: '`DISK_QUOTA_MB`',
  }),
  credentials: z.enum(['proxy', 'mounted']).optional().meta({
    description:
      '`proxy`: the host adds the credential to what the agent asks its model, and none is in the container; `mounted`: the container is given it, of a sign-in an access token alone',
    unset: '`CREDENTIALS`',
  }),
});

const openaiAgentSchema = z.strictObject({
  approvalPolicy: approvalPolicySchema.default('auto').meta({
    description:
      'what the agent may write: `auto`, `readonly` or `full`; see the [guide](guide.md#approval-policies)',
  }),
  authMethod: codexAuthMethodSchema.optional().meta({
    description: 'pins one credential: `chatgpt` (the ChatGPT sign-in) or `api_key`',
    unset: 'either, the sign-in first',
  }),
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
  allow: z.array(personSchema).max(1_000).optional().meta({
    description:
      'who may ask: phone numbers with their country code in any form, phone JIDs or LIDs; the account itself and admins always may',
    unset: 'everybody',
  }),
  mode: z.enum(['trigger', 'drop']).default('trigger').meta({
    description:
      'what others say: with `trigger` it is context alone, with `drop` nothing but identity and time is kept of it',
  }),
});

const WHOLE_NUMBER = 'must be a whole number, 0 or more';
const amountSchema = z.number(WHOLE_NUMBER).int(WHOLE_NUMBER).min(0, WHOLE_NUMBER);

const budgetSchema = z.strictObject({
  runsPerDay: amountSchema.optional().meta({
    description:
      "most runs, tasks included, of a calendar day in the group's zone; 0 pauses the group",
    unset: 'no limit',
  }),
  tokensPerDay: amountSchema.optional().meta({
    description:
      'no run starts, and no model is asked through the host, once so many input and output tokens are used that day; a run counts for the day on which it was opened',
    unset: 'no limit',
  }),
});
export type Budget = z.infer<typeof budgetSchema>;

/** Kept as somebody wrote it. */
const hostRuleSchema = z
  .string()
  .max(260)
  .refine((text) => parseHostRule(text) !== undefined, HOST_RULE_FORM);

const limitsSchema = z.strictObject({
  sender: rateSchema.optional().meta({
    description:
      'most questions that one person may ask, such as `30/10m`: 30 in 10 minutes (`s`, `m` or `h`); `off` for no limit. The account itself is not limited',
    unset: '`RATE_LIMIT_SENDER`',
  }),
  group: rateSchema.optional().meta({
    description: 'the same of all people of the chat together',
    unset: '`RATE_LIMIT_GROUP`',
  }),
});

const egressSchema = z.strictObject({
  policy: z.enum(EGRESS_POLICIES).optional().meta({
    description:
      'what the agent may reach beyond its model: `open` (every public address), `allowlist` (the `hosts`) or `model-only`',
    unset: '`EGRESS`',
  }),
  hosts: z.array(hostRuleSchema).max(200).optional().meta({
    description:
      'of an allowlist: `example.org`, `*.example.org` for its subdomains, each with `:port` for one other than 80 and 443',
    unset: 'none',
  }),
});
export type EgressSettings = z.infer<typeof egressSchema>;

/**
 * One registration of `data/registered_groups.json`, in NanoClaw v1's format with a provider added: a file without
 * the provider fields loads as claude. The source of the table in docs/configuration.md: `unset` says what holds
 * without a value where the default alone does not.
 */
export const registeredGroupSchema = z.strictObject({
  jid: z
    .string()
    .regex(/^[^\s@]+@(g\.us|s\.whatsapp\.net|lid)$/, 'is not a WhatsApp JID')
    .meta({
      description: 'may be left out; when given it must equal the key',
      unset: 'the key',
    }),
  name: z.string().min(1).max(200).meta({
    description: 'what the group is called, 1 to 200 characters; agents see it',
  }),
  folder: folderNameSchema.meta({
    description:
      'its folder in `groups/` and `data/`: 1 to 64 lower-case letters, digits, `-` and `_`, starting with a letter or digit. `global` and names that Windows reserves are refused',
  }),
  trigger: z
    .string()
    .max(100)
    .regex(/^@?[^\s@]/, 'must be a word, with or without "@" before it')
    .optional()
    .meta({
      description:
        'another word that calls the assistant in this group, with or without `@`, 1 to 100 characters',
      unset: '`ASSISTANT_NAME`',
    }),
  requiresTrigger: z.boolean().optional().meta({
    description: '`false`: every message asks for an answer',
    unset: 'true, in the main group false',
  }),
  isMain: z.boolean().default(false).meta({
    description: 'the main group: see the [guide](guide.md#the-main-group). At most one',
    unset: 'false; true when `folder` is `main` and the field is left out',
  }),
  provider: providerSchema.default('claude').meta({
    description: 'who answers: `claude`, `codex` or `responses`',
  }),
  providerConfig: providerConfigSchema.optional(),
  model: modelSettingSchema.optional().meta({
    description: 'a model name, `provider/model`, or `{ "primary": …, "fallbacks": […] }`',
    unset: "the installation's default",
  }),
  fallbackToClaude: z.boolean().optional().meta({
    description: 'lets Claude answer when no model of OpenAI can',
    unset: 'false',
  }),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin')
    .optional()
    .meta({
      description:
        "IANA zone of the group's people, such as `America/New_York`: times in its prompts, in what is said there, of new scheduled tasks and of its day's budget",
      unset: '`TZ`',
    }),
  receipts: z.boolean().optional().meta({
    description: 'shows with reactions what becomes of a question: accepted, answered or failed',
    unset: '`RECEIPTS`',
  }),
  senders: sendersSchema.optional(),
  admins: z.array(personSchema).max(100).optional().meta({
    description:
      'may ask whatever the other settings say; where the main group names some, only they and the account give commands such as `/login codex`',
    unset: 'none',
  }),
  budget: budgetSchema.optional(),
  limits: limitsSchema.optional(),
  containerConfig: containerConfigSchema.optional(),
  egress: egressSchema.optional(),
  added_at: z.string().optional().meta({
    description: 'when the group was registered, in RFC 3339; for people',
    unset: 'unset',
  }),
});
export type RegisteredGroup = z.infer<typeof registeredGroupSchema>;

/** How far the group's agent may go, also when another program than its own answers as a fallback. */
export function approvalPolicyOf({ provider, providerConfig }: RegisteredGroup): ApprovalPolicy {
  if (provider === 'claude') return 'full';
  return providerConfig?.[provider]?.approvalPolicy ?? 'auto';
}
