import {
  createSdkMcpServer,
  type McpSdkServerConfigWithInstance,
  tool,
} from '@anthropic-ai/claude-agent-sdk';
import { TOOL_SERVER, toolsFor } from '../../tools/table.ts';
import type { ToolContext } from '../../tools/tool.ts';

/** The host's tools inside the runner's own process: no second program, and true results. */
export function createHostTools(context: ToolContext): McpSdkServerConfigWithInstance {
  const tools = toolsFor(context.group).map((hostTool) =>
    tool(
      hostTool.name,
      hostTool.description,
      hostTool.shape,
      async (input) => {
        const { text, isError } = await hostTool.call(input, context);
        return { content: [{ type: 'text', text }], isError };
      },
      { annotations: { readOnlyHint: hostTool.isReadOnly } },
    ),
  );
  return createSdkMcpServer({ name: TOOL_SERVER, alwaysLoad: true, tools });
}
