import type { RunRequest } from '@deckhand/protocol';
import { minimalEnvironment } from '../../../environment.ts';
import type { ProviderSurroundings } from '../../../provider.ts';
import { toolsFor } from '../../../tools/table.ts';
import { type AgentTool, fromHostTool } from './agent-tool.ts';
import { createReadTool } from './read-file.ts';
import { createShellTool } from './shell.ts';
import { createWriteTool } from './write-file.ts';

/**
 * The tools of a run: shell and files of the group's folder, and those of the host. A read-only group is not offered
 * to write; its folder is mounted read-only in any case.
 */
export function createToolbox(
  { group, timeZone, responses }: RunRequest,
  { paths, environment }: ProviderSurroundings,
): readonly AgentTool[] {
  const env = minimalEnvironment(environment, { HOME: paths.home, TZ: timeZone });
  const context = { group, ipcFolder: paths.ipc };
  return [
    createShellTool({ cwd: paths.group, env }),
    createReadTool(paths),
    ...(responses?.approvalPolicy === 'readonly' ? [] : [createWriteTool(paths)]),
    ...toolsFor(group).map((tool) => fromHostTool(tool, context)),
  ];
}
