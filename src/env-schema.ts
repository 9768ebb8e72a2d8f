import { responsesTransportSchema } from '@deckhand/protocol';
import { z } from 'zod';
import { EGRESS_POLICIES } from './core/egress.ts';
import { modelNameSchema } from './core/models/model-ref.ts';
import { CREDENTIALS_MODES } from './core/outlet.ts';
import { PRIVATE_HOSTS_FORM, parsePrivateHosts } from './core/private-hosts.ts';
import { rateSchema } from './core/rate.ts';
import { isTimeZone } from './core/schedule/local-time.ts';

const minutes = (count: number) => count * 60_000;

function integer(min: number, max: number, fallback: number) {
  return z.coerce.number().int().min(min).max(max).default(fallback);
}

/**
 * Every variable that Deckhand reads, and the source of the table in docs/configuration.md: `unset` says what
 * holds without a value where the default cannot, `limits` what is accepted beyond range and choices.
 */
export const envSchema = z.object({
  ASSISTANT_NAME: z
    .string()
    .regex(/^[^\s@]{1,40}$/, 'must be 1-40 characters without spaces or "@"')
    .default('Assistant')
    .meta({
      description: 'the name that calls the assistant: `@Assistant`',
      limits: '1 to 40 characters without spaces and `@`',
    }),
  TZ: z
    .string()
    .refine(isTimeZone, { error: 'is not an IANA time zone such as Europe/Berlin' })
    .optional()
    .meta({
      description: 'zone in which agents read and write times',
      unset: "the machine's",
      limits: 'an IANA name such as `Europe/Berlin`',
    }),
  HISTORY_MESSAGES: integer(0, 500, 40).meta({
    description:
      'recent messages shown to a fresh conversation; a claude group that resumes its session has them already',
    limits: 'in all at most 60,000 characters, the oldest give way',
  }),
  RECEIPTS: z.enum(['on', 'off']).default('on').meta({
    description:
      'whether groups show with reactions what becomes of a question, where their registration does not say',
  }),
  MENTION_FRESH_MINUTES: integer(0, 10_080, 30).meta({
    description:
      'how old a question may be that comes in after the host was away for more than 5 minutes; an older one is not answered, and its chat is told',
    limits: '0 answers all',
  }),
  RATE_LIMIT_SENDER: rateSchema.default('30/10m').meta({
    description:
      'most questions that one person may ask in a chat, where its registration does not say; the account itself is not limited',
    limits: '`30/10m` is 30 in 10 minutes (`s`, `m` or `h`); `off` for no limit',
  }),
  RATE_LIMIT_GROUP: rateSchema.default('120/10m').meta({
    description: 'the same of all people of a chat together',
    limits: 'as above',
  }),
  ANTHROPIC_API_KEY: z.string().optional().meta({
    description: 'credential for claude groups; wins over the next one',
    limits: 'a secret',
  }),
  CLAUDE_CODE_OAUTH_TOKEN: z.string().optional().meta({
    description: 'credential for claude groups: a token of a Claude subscription',
    limits: 'a secret',
  }),
  OPENAI_API_KEY: z.string().optional().meta({
    description: 'credential for `openai/` models; wins over a stored key',
    limits: 'a secret',
  }),
  CLAUDE_MODEL: modelNameSchema.optional().meta({
    description: 'model of claude groups',
    unset: "the agent runner's (`claude-sonnet-5`)",
    limits: 'a name, with or without `anthropic/`; whether the provider knows it is not checked',
  }),
  CODEX_MODEL: modelNameSchema.optional().meta({
    description:
      'model of codex and responses groups without one of their own, see [Models](models.md)',
    unset: '`gpt-6.1-sol`',
    limits: 'a name, with or without `provider/`',
  }),
  CODEX_REASONING_EFFORT: z.string().optional().meta({
    description:
      'reasoning effort of codex and responses groups; the nearest that the model supports is asked for',
    unset: "the model's",
    limits: '`minimal`, `low`, `medium`, `high`, `xhigh`, `max`, `ultra`',
  }),
  ANTHROPIC_BASE_URL: z.url().optional().meta({
    description: 'other endpoint for claude groups',
    unset: "the provider's",
    limits: 'a URL',
  }),
  OPENAI_BASE_URL: z.url().optional().meta({
    description: 'other endpoint for codex groups, spoken to without WebSockets',
    unset: "the provider's",
    limits: 'a URL',
  }),
  CHATGPT_BASE_URL: z.url().optional().meta({
    description: 'other ChatGPT backend for ChatGPT sign-ins, ending in `/backend-api`',
    unset: "the provider's",
    limits: 'a URL',
  }),
  RESPONSES_TRANSPORT: responsesTransportSchema.default('sse').meta({
    description:
      'how `responses` groups talk to the model; `websocket` falls back to `sse` when it cannot connect',
    limits: 'where the host asks for agents, `sse` alone',
  }),
  OPENAI_AUTH_URL: z.url().default('https://auth.openai.com').meta({
    description: 'where people sign in with ChatGPT; for tests',
    limits: 'a URL',
  }),
  OPENAI_CLIENT_ID: z.string().default('app_EMoamEEZ73f0CkXaXp7hrann').meta({
    description: "the Codex CLI's public client id, with which that server knows us",
  }),
  OPENAI_CALLBACK_PORT: integer(1, 65_535, 1455).meta({
    description:
      'port on 127.0.0.1 to which the browser comes back after a sign-in; the real server accepts 1455 only',
  }),
  DECKHAND_RUNTIME: z.enum(['docker', 'process']).default('docker').meta({
    description: 'where agents run: in containers, or as plain processes without any isolation',
    limits: '`process` refuses a real WhatsApp account',
  }),
  CONTAINER_IMAGE: z.string().default('deckhand-agent:latest').meta({
    description:
      'tag of the agent image; `deckhand start` builds it when it is missing or older than the code, and leaves alone an image that somebody else built under this tag, which must have no volumes',
  }),
  BASE_IMAGE: z.string().default('node:24-bookworm-slim').meta({
    description: 'what `container/Dockerfile` builds on: Debian with Node 24 and npm',
  }),
  CONTAINER_TIMEOUT: integer(1_000, minutes(24 * 60), minutes(30)).meta({
    description: 'longest time of one run, in milliseconds',
  }),
  IDLE_TIMEOUT: integer(0, minutes(24 * 60), minutes(10)).meta({
    description:
      "how long a group's container is kept warm after a run, in milliseconds; it gives way earlier when another group needs its place",
  }),
  MAX_CONCURRENT_CONTAINERS: integer(1, 1_000, 5).meta({
    description: 'containers at once, warm ones included; also the number of runs at once',
  }),
  CONTAINER_MEMORY_MB: integer(256, 1_048_576, 2_048).meta({
    description: 'memory of one container in MiB, without swap',
  }),
  CONTAINER_CPUS: z.coerce.number().min(0.1).max(512).default(1).meta({
    description: 'CPUs of one container, fractions allowed',
  }),
  CONTAINER_RUNTIME: z
    .string()
    .regex(/^[a-zA-Z0-9][\w.-]*$/, 'must be the name of a runtime that the engine knows')
    .optional()
    .meta({
      description:
        "container runtime, for example gVisor's `runsc`, which must be set up with `--host-uds=open`; `deckhand doctor` says whether the engine knows it",
      unset: "the engine's default",
      limits: 'a name in the settings of the engine',
    }),
  DISK_QUOTA_MB: integer(64, 1_048_576, 5_120).meta({
    description:
      "MiB that a group's folders may take, where its registration does not say; a run that lets them outgrow it is stopped",
  }),
  DISK_RESERVE_MB: integer(0, 1_048_576, 1_024).meta({
    description:
      'MiB that must stay free on the disk of `data/`; below it the run that has written most is stopped',
  }),
  CREDENTIALS: z.enum(CREDENTIALS_MODES).default('auto').meta({
    description:
      'where the credentials of agents are: added by the host to what they ask their models (`proxy`), or in their containers, which have a network then (`mounted`); `auto`: the first where the platform can, which is a Docker engine on the same Linux',
  }),
  EGRESS: z.enum(EGRESS_POLICIES).default('open').meta({
    description:
      'what agents may reach beyond their model, where the registration of their group does not say: every public address, the hosts of an allowlist, or nothing',
  }),
  EGRESS_PRIVATE_HOSTS: z
    .string()
    .refine((text) => parsePrivateHosts(text) !== undefined, PRIVATE_HOSTS_FORM)
    .default('')
    .meta({
      description:
        'services of your own that agents may reach although their addresses are not public, such as `nas.home:8443`; a group with an allowlist must list them too',
      unset: 'none',
      limits: 'hosts with their ports, commas between them',
    }),
  DOCKER_HOST: z.string().optional().meta({
    description: 'engine to use, for example `unix:///run/user/1000/podman/podman.sock`',
    unset: "the Docker CLI's current context",
    limits: '`unix:`, `npipe:`, `tcp:`, `http:`, `https:` or `ssh:`',
  }),
  MOUNT_ALLOWLIST: z.string().default('').meta({
    description: 'file that says which folders of this machine groups may mount',
    unset: '`~/.config/deckhand/mount-allowlist.json`',
  }),
  DECKHAND_HOME: z.string().default('').meta({
    description:
      'folder that holds `data/`, `groups/` and `.env`; read from the environment only, in `.env` it has no effect',
    unset: "the project's folder",
  }),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'what the log on standard error and in `data/logs/` holds' }),
  WHATSAPP_URL: z
    .url({ protocol: /^wss?$/ })
    .optional()
    .meta({
      description: 'another server, for tests and the demo',
      unset: "WhatsApp's own server",
      limits: '`wss:`, or `ws:` to this machine only',
    }),
});
