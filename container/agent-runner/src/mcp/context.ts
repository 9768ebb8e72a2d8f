import { z } from 'zod';
import type { ToolContext } from '../tools/tool.ts';

const contextSchema = z.strictObject({
  group: z.strictObject({
    jid: z.string(),
    name: z.string(),
    folder: z.string(),
    isMain: z.boolean(),
  }),
  ipcFolder: z.string(),
});

/** Arguments may be seen and forged by the agent; they decide what is offered, never what is allowed. */
export function writeToolContext(context: ToolContext): string {
  return JSON.stringify(context);
}

/** Throws when the argument is not what `writeToolContext` wrote. */
export function readToolContext(argument: string | undefined): ToolContext {
  return contextSchema.parse(JSON.parse(argument ?? ''));
}
