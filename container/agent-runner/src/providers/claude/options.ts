import { join } from 'node:path';
import type { Options } from '@anthropic-ai/claude-agent-sdk';
import type { RunRequest } from '@deckhand/protocol';
import { minimalEnvironment } from '../../environment.ts';
import { joinBlocks } from '../../prelude/fence.ts';
import { describeIdentity } from '../../prelude/identity.ts';
import { describeIpc } from '../../prelude/ipc-guide.ts';
import { describeGlobalMemory } from '../../prelude/memory.ts';
import type { ProviderSurroundings } from '../../provider.ts';
import { claudeConfigFolder, claudeUserHome } from './home.ts';

/** The SDK's own default differs by kind of credential; pinned so that it does not. */
export const DEFAULT_CLAUDE_MODEL = 'claude-sonnet-5';

/** Tools that plan, schedule or ask in ways that mean nothing in a chat; the host has its own tasks. */
const DISALLOWED_TOOLS = [
  'AskUserQuestion',
  'EnterPlanMode',
  'ExitPlanMode',
  'EnterWorktree',
  'ExitWorktree',
  'ListAgents',
  'ReportFindings',
  'ScheduleWakeup',
  'Workflow',
  'CronCreate',
  'CronDelete',
  'CronList',
];

function claudeEnvironment(
  { environment, paths }: ProviderSurroundings,
  { secrets, claude, timeZone }: RunRequest,
): Record<string, string> {
  const { ANTHROPIC_API_KEY, CLAUDE_CODE_OAUTH_TOKEN } = secrets;
  return minimalEnvironment(environment, {
    HOME: claudeUserHome(paths),
    CLAUDE_CONFIG_DIR: claudeConfigFolder(paths),
    TZ: timeZone,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '2',
    CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1',
    // Work that outlives the turn would answer into the next one.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    // The group's memory is its CLAUDE.md, for every provider; the CLI would keep a second one out of sight.
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    ...(ANTHROPIC_API_KEY !== undefined && { ANTHROPIC_API_KEY }),
    ...(CLAUDE_CODE_OAUTH_TOKEN !== undefined && { CLAUDE_CODE_OAUTH_TOKEN }),
    ...(claude?.baseUrl !== undefined && { ANTHROPIC_BASE_URL: claude.baseUrl }),
    // Without it the CLI refuses to bypass permissions as root; only the process runtime is root.
    ...(process.getuid?.() === 0 && { IS_SANDBOX: '1' }),
  });
}

/**
 * Options of a session, but for those that differ from one start to the next (`resume`, tools).
 *
 * The group folder is written by the agent, so nothing in it may configure the CLI: no settings files, no
 * `.mcp.json`. Its CLAUDE.md alone is loaded, through `additionalDirectories`: the CLI puts it before the
 * first user message, outside the system prompt (members can have things written there) and outside the
 * transcript (a resumed session reads the file as it is now, and compaction cannot lose it). The memory of
 * all groups is the owner's and goes into the system prompt, rendered at every start (`snapshot: false`).
 */
export function claudeOptions(request: RunRequest, surroundings: ProviderSurroundings): Options {
  const { paths } = surroundings;
  return {
    cwd: paths.group,
    model: request.model ?? DEFAULT_CLAUDE_MODEL,
    env: claudeEnvironment(surroundings, request),
    systemPrompt: {
      type: 'preset',
      preset: 'claude_code',
      snapshot: false,
      append: joinBlocks(
        describeIdentity(request, paths),
        describeIpc(request, paths),
        describeGlobalMemory(request.globalMemory),
      ),
    },
    settingSources: [],
    // It would take more memory from there, where nobody looks for it.
    settings: { claudeMdExcludes: [join(paths.group, '.claude/**')] },
    strictMcpConfig: true,
    skills: [],
    additionalDirectories: [paths.group],
    verbatimPrompts: true,
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    disallowedTools: DISALLOWED_TOOLS,
    ...(request.isStreaming === true && { includePartialMessages: true }),
  };
}
