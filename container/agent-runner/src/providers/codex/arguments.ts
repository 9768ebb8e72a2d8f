import { join } from 'node:path';
import type { AgentPaths, CodexAuthMethod, RunRequest } from '@deckhand/protocol';
import type { TomlTable } from 'smol-toml';
import { z } from 'zod';
import { TOOL_SERVER } from '../../tools/table.ts';
import { HIDDEN_FROM_TOOLS } from './config.ts';

const personConfigSchema = z.looseObject({
  forced_login_method: z.unknown().optional(),
  mcp_servers: z.looseObject({}).optional().catch(undefined),
  shell_environment_policy: z
    .looseObject({ exclude: z.array(z.string()).catch([]) })
    .optional()
    .catch(undefined),
});

/** A TOML basic string; JSON's escapes are TOML's, but for DEL. */
function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007F', '\\u007F');
}

const tomlList = (items: readonly string[]) => `[${items.map(tomlString).join(',')}]`;

/**
 * Sends the model's traffic elsewhere. As an own provider instead of `openai_base_url`, because only that
 * can switch off WebSockets, which cost 6 s of retries with a server that does not speak them.
 */
function describeBaseUrl(baseUrl: string, auth: CodexAuthMethod): string[] {
  const provider = [
    'name="deckhand"',
    `base_url=${tomlString(baseUrl)}`,
    'wire_api="responses"',
    'requires_openai_auth=true',
    'supports_websockets=false',
    'request_max_retries=2',
    'stream_max_retries=2',
  ];
  return [
    'model_provider="deckhand"',
    `model_providers.deckhand={${provider.join(',')}}`,
    ...(auth === 'chatgpt' ? [describeAccountUrl(baseUrl)] : []),
  ];
}

/**
 * With a ChatGPT sign-in the CLI also asks for account and settings. It would send the token for that to the
 * real backend, or wait 5 s where that cannot be reached. It takes https alone here (0.169); where `baseUrl` is
 * plain http this fails at once, and the turn goes on.
 */
function describeAccountUrl(baseUrl: string): string {
  const url = new URL('.', baseUrl);
  url.protocol = 'https:';
  return `chatgpt_base_url=${tomlString(url.href)}`;
}

/** The server runs already; only a busy machine needs more than a moment. */
const TOOLS_STARTUP_S = 30;
/** Above the longest time that a tool waits for the host. */
const TOOLS_CALL_S = 90;

/**
 * The host's tools as an MCP server. `required`: without it a server that is slow to answer is left out and
 * the model knows of no tools. What a config.toml says of a server of the same name would be merged with this,
 * key by key; so ours takes another name then, and that one is switched off.
 */
function describeTools({ url, tokenVariable }: ToolServerAddress, config: TomlTable): string[] {
  const server = [
    'required=true',
    `url=${tomlString(url)}`,
    `bearer_token_env_var=${tomlString(tokenVariable)}`,
    'default_tools_approval_mode="approve"',
    `startup_timeout_sec=${TOOLS_STARTUP_S}`,
    `tool_timeout_sec=${TOOLS_CALL_S}`,
  ];
  const taken = new Set(Object.keys(personConfigSchema.parse(config).mcp_servers ?? {}));
  let name: string = TOOL_SERVER;
  while (taken.has(name)) name = `${name}_host`;
  const off = name === TOOL_SERVER ? [] : [`mcp_servers.${TOOL_SERVER}.enabled=false`];
  return [`mcp_servers.${name}={${server.join(',')}}`, ...off];
}

/**
 * Settings of this run that no config.toml may change:
 * - approvals: `exec` never asks, but refuses to start on a value it does not know ("auto") unless it is
 *   overridden. The sandbox is the container; the CLI's own cannot work inside Docker.
 * - a forced login method that does not match the credential would delete auth.json.
 */
function overrides(
  request: RunRequest,
  { config, instructions, tools }: CodexInvocation,
): string[] {
  const person = personConfigSchema.parse(config);
  const excluded = new Set([
    ...(person.shell_environment_policy?.exclude ?? []),
    ...HIDDEN_FROM_TOOLS,
  ]);
  const { codex } = request;
  return [
    'approval_policy="never"',
    'sandbox_mode="danger-full-access"',
    `shell_environment_policy.exclude=${tomlList([...excluded])}`,
    `developer_instructions=${tomlString(instructions)}`,
    ...(tools === undefined ? [] : describeTools(tools, config)),
    ...(person.forced_login_method === undefined
      ? []
      : [`forced_login_method="${codex?.auth === 'chatgpt' ? 'chatgpt' : 'api'}"`]),
    ...(codex?.reasoningEffort === undefined
      ? []
      : [`model_reasoning_effort=${tomlString(codex.reasoningEffort)}`]),
    ...(codex?.baseUrl === undefined ? [] : describeBaseUrl(codex.baseUrl, codex.auth)),
  ];
}

/** An MCP server over streamable HTTP. */
export interface ToolServerAddress {
  readonly url: string;
  /** Name of the environment variable that holds its bearer token. */
  readonly tokenVariable: string;
}

export interface CodexInvocation {
  readonly model: string;
  /** The person's config.toml. */
  readonly config: TomlTable;
  /** Goes to the developer role. */
  readonly instructions: string;
  /** Absent: the agent has the files of the mailbox alone. */
  readonly tools?: ToolServerAddress;
}

/**
 * Arguments of `codex exec`; the prompt follows on stdin. `--ephemeral`: continuity is the host's
 * history and the memory files, so that no session piles up in CODEX_HOME. No `-o`: the last message is
 * in the events, and that file would keep an old answer when a turn fails.
 */
export function codexArguments(
  request: RunRequest,
  paths: AgentPaths,
  invocation: CodexInvocation,
): string[] {
  return [
    'exec',
    '--json',
    '--ephemeral',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '--color',
    'never',
    '-m',
    invocation.model,
    '-C',
    paths.group,
    ...overrides(request, invocation).flatMap((setting) => ['-c', setting]),
    ...(request.images ?? []).flatMap((image) => ['-i', join(paths.group, image)]),
    // `-i` would take the prompt for one more picture.
    '--',
    '-',
  ];
}
