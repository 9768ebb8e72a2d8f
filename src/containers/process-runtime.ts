import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { agentPaths } from '@deckhand/protocol';
import type { Logger } from '../logger.ts';
import type { AgentRuntime, AgentStart } from './agent-runtime.ts';
import { ProcessAgent } from './process-agent.ts';
import { processEnvironment } from './process-environment.ts';
import { linkWorkspace } from './process-workspace.ts';

export interface ProcessRuntimeDeps {
  /** Folder for the links that stand in for mounts, usually data/process. */
  readonly processRoot: string;
  /** Folder with container/agent-runner. */
  readonly projectRoot: string;
  /** The host's environment, of which an allowlist is handed on. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly logger: Logger;
  /** Plain settings for the agent runner in addition. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Program and arguments in place of the agent runner. */
  readonly command?: readonly string[] | undefined;
}

/**
 * Agents as plain child processes WITHOUT ISOLATION, for the demo and tests on machines without Docker; see
 * `mayServe`. They end with the host, so there is never one to adopt.
 */
export function createProcessRuntime(deps: ProcessRuntimeDeps): AgentRuntime {
  return {
    refuse: (spec) =>
      spec.isWorkspaceReadOnly
        ? 'approvalPolicy "readonly" cannot be enforced without containers; install Docker'
        : undefined,
    fingerprint: async (spec) =>
      createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16),
    start: (start, signal) => startProcess(deps, start, signal),
    find: async () => [],
    adopt: async () => {
      throw new Error('an agent process cannot be adopted');
    },
  };
}

async function startProcess(
  deps: ProcessRuntimeDeps,
  { spec, feed }: AgentStart,
  signal: AbortSignal,
): Promise<ProcessAgent> {
  const layout = await linkWorkspace(join(deps.processRoot, spec.folder), spec.mounts);
  signal.throwIfAborted();
  const [program, ...args] = deps.command ?? runnerCommand(deps.projectRoot);
  if (program === undefined) throw new Error('the command of the process runtime is empty');
  const child = spawn(program, args, {
    cwd: agentPaths(layout.workspace).group,
    env: processEnvironment({ ...deps, ...layout }),
    stdio: 'pipe',
    detached: true,
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('the agent process has no id');
  return new ProcessAgent(child, child.pid, feed, deps.logger);
}

function runnerCommand(projectRoot: string): string[] {
  return [process.execPath, join(projectRoot, 'container', 'agent-runner', 'src', 'main.ts')];
}
