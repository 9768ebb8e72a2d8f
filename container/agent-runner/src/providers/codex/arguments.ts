import { join } from 'node:path';
import type { AgentPaths, RunRequest } from '@deckhand/protocol';
import type { TomlTable } from 'smol-toml';
import { z } from 'zod';
import { TOOL_SERVER } from '../../tools/table.ts';
import { describeBaseUrl, describeRelay } from './base-url.ts';
import { HIDDEN_FROM_TOOLS } from './config.ts';
import { tomlList, tomlString } from './toml-text.ts';

const personConfigSchema = z.looseObject({
  forced_login_method: z.unknown().optional(),
  mcp_servers: z.looseObject({}).optional().catch(undefined),
  shell_environment_policy: z
    .looseObject({ exclude: z.array(z.string()).catch([]) })
    .optional()
    .catch(undefined),
});

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
 * - project documents: the agent can write AGENTS.md, also where nobody looks; its memory is CLAUDE.md alone, which
 *   the prompt has (ADR 0009).
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
    'project_doc_max_bytes=0',
    `shell_environment_policy.exclude=${tomlList([...excluded])}`,
    `developer_instructions=${tomlString(instructions)}`,
    ...(tools === undefined ? [] : describeTools(tools, config)),
    ...(person.forced_login_method === undefined
      ? []
      : [`forced_login_method="${codex?.auth === 'chatgpt' ? 'chatgpt' : 'api'}"`]),
    ...(codex?.reasoningEffort === undefined
      ? []
      : [`model_reasoning_effort=${tomlString(codex.reasoningEffort)}`]),
    ...describeServer(request),
  ];
}

function describeServer({ codex, gateway }: RunRequest): string[] {
  if (codex?.baseUrl === undefined) return [];
  if (gateway !== undefined) return describeRelay(codex.baseUrl);
  return describeBaseUrl(codex.baseUrl, codex.auth);
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
