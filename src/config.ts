import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import {
  type ResponsesTransport,
  responsesTransportSchema,
  type Secrets,
  secretNameSchema,
} from '@deckhand/protocol';
import { z } from 'zod';
import { modelNameSchema } from './core/models/model-ref.ts';
import { isErrno } from './errno.ts';

const minutes = (count: number) => count * 60_000;

function integer(min: number, max: number, fallback: number) {
  return z.coerce.number().int().min(min).max(max).default(fallback);
}

const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'is not an IANA time zone such as Europe/Berlin' });

/** Every variable that Deckhand reads; `.env.example` says what each is for. */
export const envSchema = z.object({
  ASSISTANT_NAME: z
    .string()
    .regex(/^[^\s@]{1,40}$/, 'must be 1-40 characters without spaces or "@"')
    .default('Assistant'),
  DECKHAND_HOME: z.string().default(''),
  DECKHAND_RUNTIME: z.enum(['docker', 'process']).default('docker'),
  CONTAINER_IMAGE: z.string().default('deckhand-agent:latest'),
  BASE_IMAGE: z.string().default('node:24-bookworm-slim'),
  CONTAINER_TIMEOUT: integer(1_000, minutes(24 * 60), minutes(30)),
  IDLE_TIMEOUT: integer(0, minutes(24 * 60), minutes(10)),
  MAX_CONCURRENT_CONTAINERS: integer(1, 1_000, 5),
  CONTAINER_MEMORY_MB: integer(256, 1_048_576, 2_048),
  CONTAINER_CPUS: z.coerce.number().min(0.1).max(512).default(1),
  MOUNT_ALLOWLIST: z.string().default(''),
  DOCKER_HOST: z.string().optional(),
  TZ: timeZone.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  HISTORY_MESSAGES: integer(0, 500, 40),
  RECEIPTS: z.enum(['on', 'off']).default('on'),
  MENTION_FRESH_MINUTES: integer(0, 10_080, 30),
  CLAUDE_MODEL: modelNameSchema.optional(),
  CODEX_MODEL: modelNameSchema.optional(),
  CODEX_REASONING_EFFORT: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  OPENAI_BASE_URL: z.url().optional(),
  CHATGPT_BASE_URL: z.url().optional(),
  RESPONSES_TRANSPORT: responsesTransportSchema.default('sse'),
  OPENAI_AUTH_URL: z.url().default('https://auth.openai.com'),
  OPENAI_CLIENT_ID: z.string().default('app_EMoamEEZ73f0CkXaXp7hrann'),
  OPENAI_CALLBACK_PORT: integer(1, 65_535, 1455),
  WHATSAPP_URL: z.url({ protocol: /^wss?$/ }).optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  CLAUDE_CODE_OAUTH_TOKEN: z.string().optional(),
  OPENAI_API_KEY: z.string().optional(),
});

/** Where people sign in with ChatGPT. */
export interface SignInConfig {
  /** Origin of the authorization server, without a slash at its end. */
  readonly authUrl: string;
  readonly clientId: string;
  /** Port on 127.0.0.1 to which the browser comes back. */
  readonly callbackPort: number;
}

export interface Config {
  readonly home: string;
  readonly assistantName: string;
  readonly runtime: 'docker' | 'process';
  readonly containerImage: string;
  readonly baseImage: string;
  readonly containerTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxConcurrentContainers: number;
  readonly containerMemoryMb: number;
  readonly containerCpus: number;
  readonly mountAllowlistPath: string;
  /** Engine to use; absent means the Docker CLI's current context. */
  readonly dockerHost?: string;
  /** Home of the person who runs the host. */
  readonly userHome: string;
  readonly timeZone: string;
  readonly logLevel: string;
  /** How many recent messages a fresh conversation is shown. */
  readonly historyMessages: number;
  /** Whether groups show what becomes of a question, where their registration does not say. */
  readonly receipts: boolean;
  /** How old a question may be that comes in after the host was away; 0 answers all. */
  readonly mentionFreshMs: number;
  readonly claudeModel?: string;
  readonly codexModel?: string;
  readonly codexReasoningEffort?: string;
  readonly anthropicBaseUrl?: string;
  readonly openaiBaseUrl?: string;
  /** The ChatGPT backend, ending in `/backend-api`; absent means the real one. */
  readonly chatgptBaseUrl?: string;
  readonly responsesTransport: ResponsesTransport;
  readonly signIn: SignInConfig;
  /** Another WhatsApp server, for tests and the demo; plain `ws:` on loopback only. */
  readonly whatsappUrl?: string;
  readonly secrets: Secrets;
  /** The environment as it is, for programs that the host starts; what they get of it is an allowlist. */
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
}

/** The environment or `.env` holds something unusable; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration: the environment wins over `<home>/.env`; an empty value counts as unset.
 * `projectRoot` is the home when DECKHAND_HOME is not set.
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  projectRoot: string,
): Config {
  const home = resolve(environment['DECKHAND_HOME'] || projectRoot);
  const values = { ...readDotEnv(join(home, '.env')), ...dropEmpty(environment) };
  const parsed = envSchema.safeParse(dropEmpty(values));
  if (!parsed.success) throw new ConfigError(describeProblems(parsed.error));
  return toConfig(parsed.data, home, environment);
}

type Env = z.infer<typeof envSchema>;

function toConfig(env: Env, home: string, hostEnvironment: Config['hostEnvironment']): Config {
  return Object.freeze({
    home,
    assistantName: env.ASSISTANT_NAME,
    runtime: env.DECKHAND_RUNTIME,
    containerImage: env.CONTAINER_IMAGE,
    baseImage: env.BASE_IMAGE,
    containerTimeoutMs: env.CONTAINER_TIMEOUT,
    idleTimeoutMs: env.IDLE_TIMEOUT,
    maxConcurrentContainers: env.MAX_CONCURRENT_CONTAINERS,
    containerMemoryMb: env.CONTAINER_MEMORY_MB,
    containerCpus: env.CONTAINER_CPUS,
    mountAllowlistPath:
      env.MOUNT_ALLOWLIST || join(homedir(), '.config', 'deckhand', 'mount-allowlist.json'),
    userHome: homedir(),
    timeZone: env.TZ ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    logLevel: env.LOG_LEVEL,
    historyMessages: env.HISTORY_MESSAGES,
    receipts: env.RECEIPTS === 'on',
    mentionFreshMs: minutes(env.MENTION_FRESH_MINUTES),
    responsesTransport: env.RESPONSES_TRANSPORT,
    signIn: Object.freeze({
      authUrl: env.OPENAI_AUTH_URL.replace(/\/+$/, ''),
      clientId: env.OPENAI_CLIENT_ID,
      callbackPort: env.OPENAI_CALLBACK_PORT,
    }),
    ...defined({
      dockerHost: env.DOCKER_HOST,
      claudeModel: env.CLAUDE_MODEL,
      codexModel: env.CODEX_MODEL,
      codexReasoningEffort: env.CODEX_REASONING_EFFORT,
      anthropicBaseUrl: env.ANTHROPIC_BASE_URL,
      openaiBaseUrl: env.OPENAI_BASE_URL,
      chatgptBaseUrl: env.CHATGPT_BASE_URL,
      whatsappUrl: env.WHATSAPP_URL,
    }),
    secrets: Object.freeze(pickSecrets(env)),
    hostEnvironment,
  });
}

/** The allowlist of the protocol is the only way by which a secret gets beyond this file. */
function pickSecrets(env: Env): Secrets {
  return Object.fromEntries(
    secretNameSchema.options.flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}

function readDotEnv(path: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return {};
    throw new ConfigError(`Cannot read ${path}: ${String(error)}. Make it a readable file.`);
  }
}

function dropEmpty(values: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

function describeProblems(error: z.ZodError): string {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  return `The configuration (.env or environment) has problems; see .env.example:\n${lines.join('\n')}`;
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
