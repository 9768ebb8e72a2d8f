import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type ResponsesTransport, type Secrets, secretNameSchema } from '@deckhand/protocol';
import type { z } from 'zod';
import type { EgressPolicyName, HostRule } from './core/egress.ts';
import type { CredentialsMode } from './core/outlet.ts';
import { parsePrivateHosts } from './core/private-hosts.ts';
import { readRate } from './core/rate.ts';
import type { RateLimits } from './core/rate-limit.ts';
import { envSchema } from './env-schema.ts';
import { isErrno } from './errno.ts';

const minutes = (count: number) => count * 60_000;

/** Where people sign in with ChatGPT. */
export interface SignInConfig {
  /** Origin of the authorization server, without a slash at its end. */
  readonly authUrl: string;
  readonly clientId: string;
  /** Port on 127.0.0.1 to which the browser comes back. */
  readonly callbackPort: number;
}

/** What agents may reach beyond their model. */
export interface EgressConfig {
  /** Of groups that do not say. */
  readonly policy: EgressPolicyName;
  /** Services of the owner, although their addresses are not public. */
  readonly privateHosts: readonly HostRule[];
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
  /** Another runtime of the engine; its default when absent. */
  readonly containerRuntime?: string;
  readonly diskQuotaMb: number;
  readonly diskReserveMb: number;
  readonly credentials: CredentialsMode;
  readonly egress: EgressConfig;
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
  /** How many questions are taken, where a registration does not say. */
  readonly rateLimits: RateLimits;
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
    diskQuotaMb: env.DISK_QUOTA_MB,
    diskReserveMb: env.DISK_RESERVE_MB,
    credentials: env.CREDENTIALS,
    egress: Object.freeze({
      policy: env.EGRESS,
      privateHosts: parsePrivateHosts(env.EGRESS_PRIVATE_HOSTS) ?? [],
    }),
    mountAllowlistPath:
      env.MOUNT_ALLOWLIST || join(homedir(), '.config', 'deckhand', 'mount-allowlist.json'),
    userHome: homedir(),
    timeZone: env.TZ ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    logLevel: env.LOG_LEVEL,
    historyMessages: env.HISTORY_MESSAGES,
    receipts: env.RECEIPTS === 'on',
    mentionFreshMs: minutes(env.MENTION_FRESH_MINUTES),
    rateLimits: Object.freeze({
      sender: readRate(env.RATE_LIMIT_SENDER),
      group: readRate(env.RATE_LIMIT_GROUP),
    }),
    responsesTransport: env.RESPONSES_TRANSPORT,
    signIn: Object.freeze({
      authUrl: env.OPENAI_AUTH_URL.replace(/\/+$/, ''),
      clientId: env.OPENAI_CLIENT_ID,
      callbackPort: env.OPENAI_CALLBACK_PORT,
    }),
    ...defined({
      dockerHost: env.DOCKER_HOST,
      containerRuntime: env.CONTAINER_RUNTIME,
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
