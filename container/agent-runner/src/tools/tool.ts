import type { IpcReply, RunRequest } from '@deckhand/protocol';
import { z } from 'zod';
import { requestHost } from '../mailbox.ts';
import { describeReply, type ToolOutcome } from './outcome.ts';

/** Who calls a tool, and the mailbox through which it reaches the host. */
export interface ToolContext {
  readonly group: RunRequest['group'];
  readonly ipcFolder: string;
  /** Ends the wait for the host's reply. */
  readonly signal?: AbortSignal;
}

/** A tool of the host, as every provider is given it. To add one, write a file and name it in table.ts. */
export interface HostTool {
  readonly name: string;
  readonly description: string;
  readonly shape: z.ZodRawShape;
  readonly isForMainOnly: boolean;
  /** True when a second call changes nothing that the first did not. */
  readonly isReadOnly: boolean;
  /** Checks the input first; what is wrong with it is an outcome. Rejects on a broken mailbox only. */
  call(input: unknown, context: ToolContext): Promise<ToolOutcome>;
}

export interface ToolSpec<S extends z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly shape: S;
  readonly isForMainOnly?: boolean;
  readonly isReadOnly?: boolean;
  run(input: z.output<z.ZodObject<S>>, context: ToolContext): Promise<ToolOutcome>;
}

export function defineTool<S extends z.ZodRawShape>(spec: ToolSpec<S>): HostTool {
  const schema = z.strictObject(spec.shape);
  return {
    name: spec.name,
    description: spec.description,
    shape: spec.shape,
    isForMainOnly: spec.isForMainOnly ?? false,
    isReadOnly: spec.isReadOnly ?? false,
    async call(input, context) {
      const parsed = schema.safeParse(input ?? {});
      if (parsed.success) return await spec.run(parsed.data, context);
      return { text: `Wrong input: ${z.prettifyError(parsed.error).slice(0, 500)}`, isError: true };
    },
  };
}

/** Puts a request into the mailbox, waits for its reply, and says in words what became of it. */
export async function askHost(
  { ipcFolder, group, signal }: ToolContext,
  box: 'messages' | 'tasks',
  request: Readonly<Record<string, unknown>>,
  done: (reply: Extract<IpcReply, { ok: true }>) => string,
  waitMs?: number,
): Promise<ToolOutcome> {
  const origin = { groupFolder: group.folder, timestamp: new Date().toISOString() };
  const reply = await requestHost(ipcFolder, box, { ...request, ...origin }, waitMs, signal);
  return describeReply(reply, done);
}
