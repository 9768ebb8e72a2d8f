import type { AgentPaths, RunRequest } from '@deckhand/protocol';
import type { TomlTable } from 'smol-toml';
import { z } from 'zod';
import { HIDDEN_FROM_TOOLS } from './config.ts';

const personConfigSchema = z.looseObject({
  forced_login_method: z.unknown().optional(),
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
function describeBaseUrl(baseUrl: string): string[] {
  const provider = [
    'name="deckhand"',
    `base_url=${tomlString(baseUrl)}`,
    'wire_api="responses"',
    'requires_openai_auth=true',
    'supports_websockets=false',
    'request_max_retries=2',
    'stream_max_retries=2',
  ];
  return ['model_provider="deckhand"', `model_providers.deckhand={${provider.join(',')}}`];
}

/**
 * Settings of this run that no config.toml may change:
 * - approvals: `exec` never asks, but refuses to start on a value it does not know ("auto") unless it is
 *   overridden. The sandbox is the container; the CLI's own cannot work inside Docker.
 * - a forced login method that does not match the credential would delete auth.json.
 */
function overrides(request: RunRequest, config: TomlTable, instructions: string): string[] {
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
    ...(person.forced_login_method === undefined
      ? []
      : [`forced_login_method="${codex?.auth === 'chatgpt' ? 'chatgpt' : 'api'}"`]),
    ...(codex?.reasoningEffort === undefined
      ? []
      : [`model_reasoning_effort=${tomlString(codex.reasoningEffort)}`]),
    ...(codex?.baseUrl === undefined ? [] : describeBaseUrl(codex.baseUrl)),
  ];
}

export interface CodexInvocation {
  readonly model: string;
  /** The person's config.toml. */
  readonly config: TomlTable;
  /** Goes to the developer role. */
  readonly instructions: string;
}

/**
 * Arguments of `codex exec`; the prompt follows on stdin. `--ephemeral`: continuity is the host's
 * history and the memory files, so that no session piles up in CODEX_HOME. No `-o`: the last message is
 * in the events, and that file would keep an old answer when a turn fails.
 */
export function codexArguments(
  request: RunRequest,
  paths: AgentPaths,
  { model, config, instructions }: CodexInvocation,
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
    model,
    '-C',
    paths.group,
    ...overrides(request, config, instructions).flatMap((setting) => ['-c', setting]),
    '-',
  ];
}
