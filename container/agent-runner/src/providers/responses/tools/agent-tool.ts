import { z } from 'zod';
import type { ToolOutcome } from '../../../tools/outcome.ts';
import type { HostTool, ToolContext } from '../../../tools/tool.ts';

/** A function that the model may call. */
export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly shape: z.ZodRawShape;
  /** True when a second call changes nothing that the first did not. */
  readonly isReadOnly: boolean;
  /**
   * `input` fits the shape. What the tool cannot do is an outcome. Rejects when something breaks, which the model is
   * told too. Ends soon after the signal aborts.
   */
  call(input: unknown, signal: AbortSignal): Promise<ToolOutcome>;
}

export interface AgentToolSpec<S extends z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly shape: S;
  readonly isReadOnly: boolean;
  run(input: z.output<z.ZodObject<S>>, signal: AbortSignal): Promise<ToolOutcome>;
}

export function defineAgentTool<S extends z.ZodRawShape>(spec: AgentToolSpec<S>): AgentTool {
  const { name, description, shape, isReadOnly } = spec;
  const schema = z.strictObject(shape);
  return {
    name,
    description,
    shape,
    isReadOnly,
    call: (input, signal) => spec.run(schema.parse(input), signal),
  };
}

/** A tool of the host, called from the runner's own process. */
export function fromHostTool(tool: HostTool, context: ToolContext): AgentTool {
  const { name, description, shape, isReadOnly } = tool;
  return {
    name,
    description,
    shape,
    isReadOnly,
    call: (input, signal) => tool.call(input, { ...context, signal }),
  };
}
