import { z } from 'zod';
import { describeError } from '../describe-error.ts';
import { describeInput } from '../tools/input-schema.ts';
import { TOOL_SERVER, toolsFor } from '../tools/table.ts';
import type { HostTool, ToolContext } from '../tools/tool.ts';
import { RUNNER_VERSION } from '../version.ts';
import { failRpc, type JsonRpcAnswer, type JsonRpcRequest } from './json-rpc.ts';

/** Revisions of MCP whose `tools` part is the one below. */
const PROTOCOLS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

/** Codex shows the model only this until it looks for a tool, so it names what is to be found. */
function describeServer(tools: readonly HostTool[]): string {
  const names = tools.map(({ name }) => name).join(', ');
  return [
    'The host of this WhatsApp assistant. Use its tools to act in the chat beyond your answer: send a message before the answer, schedule reminders and recurring work, see and change what is scheduled.',
    `Tools: ${names}.`,
    'Never schedule with cron, at, sleep or background processes: they end with your turn. Each call returns what the host really did; report only that.',
  ].join(' ');
}

const callSchema = z.looseObject({ name: z.string(), arguments: z.unknown().optional() });
const initializeSchema = z.looseObject({ protocolVersion: z.string() });

export interface ToolServer {
  /** Never rejects. */
  answer(request: JsonRpcRequest): Promise<JsonRpcAnswer>;
}

/** The server side of MCP, as far as tools need it: initialize, ping, tools/list, tools/call. */
export function createToolServer(context: ToolContext): ToolServer {
  const tools = toolsFor(context.group);

  async function callTool(params: unknown): Promise<unknown> {
    const { name, arguments: input } = callSchema.parse(params);
    const tool = tools.find((tool) => tool.name === name);
    if (!tool) throw new UnknownToolError(name);
    const { text, isError } = await tool.call(input, context);
    return { content: [{ type: 'text', text }], isError };
  }

  async function resultOf({ method, params }: JsonRpcRequest): Promise<unknown> {
    switch (method) {
      case 'initialize':
        return initialize(params, tools);
      case 'ping':
        return {};
      case 'tools/list':
        return { tools: tools.map(describeTool) };
      case 'tools/call':
        return await callTool(params);
      default:
        return undefined;
    }
  }

  return {
    async answer(request) {
      const { id, method } = request;
      try {
        const result = await resultOf(request);
        if (result === undefined) return failRpc(id, 'methodNotFound', `no method ${method}`);
        return { jsonrpc: '2.0', id, result };
      } catch (error) {
        const isTheirs = error instanceof z.ZodError || error instanceof UnknownToolError;
        return failRpc(id, isTheirs ? 'invalidParams' : 'internal', describeError(error));
      }
    },
  };
}

function initialize(params: unknown, tools: readonly HostTool[]): unknown {
  const { protocolVersion } = initializeSchema.parse(params);
  return {
    protocolVersion: PROTOCOLS.find((known) => known === protocolVersion) ?? PROTOCOLS[0],
    capabilities: { tools: {} },
    serverInfo: { name: TOOL_SERVER, version: RUNNER_VERSION },
    instructions: describeServer(tools),
  };
}

function describeTool({ name, description, shape, isReadOnly }: HostTool): unknown {
  return {
    name,
    description,
    inputSchema: describeInput(shape),
    annotations: { readOnlyHint: isReadOnly },
  };
}

class UnknownToolError extends Error {
  override readonly name = 'UnknownToolError';

  constructor(tool: string) {
    super(`there is no tool ${JSON.stringify(tool)}`);
  }
}
