import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { ModelRequest } from './model-request.ts';

const textBlockSchema = z.looseObject({ type: z.literal('text'), text: z.string() });
const resultBlockSchema = z.looseObject({
  type: z.literal('tool_result'),
  content: z.unknown().optional(),
});
const contentSchema = z.union([z.string(), z.array(z.unknown())]);
const messageSchema = z.looseObject({ role: z.string(), content: contentSchema });
type Message = z.infer<typeof messageSchema>;

const bodySchema = z.looseObject({
  model: z.string(),
  system: contentSchema.optional(),
  messages: z.array(messageSchema),
  tools: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  stream: z.boolean().optional(),
});

function textBlocks(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) => textBlockSchema.safeParse(block).data?.text ?? []);
}

function resultBlocks(message: Message): string[] {
  if (typeof message.content === 'string') return [];
  return message.content.flatMap((block) => {
    const result = resultBlockSchema.safeParse(block);
    return result.success ? [textBlocks(result.data.content).join('\n')] : [];
  });
}

/** What the CLI adds to the user's words travels as text blocks too, in this tag. */
const isSpoken = (text: string) => text.trim() !== '' && !text.startsWith('<system-reminder>');
const spoken = (message: Message) => textBlocks(message.content).filter(isSpoken);

/** Reads the body of POST /v1/messages; throws a ZodError when it is not one. */
export function readAnthropicRequest(body: unknown, headers: IncomingHttpHeaders): ModelRequest {
  const { model, system, messages, tools, stream } = bodySchema.parse(body);
  const fromUser = messages.filter((message) => message.role === 'user');
  const newest = fromUser.findLastIndex((message) => spoken(message).length > 0);
  const newestMessage = fromUser[newest];
  return {
    api: 'anthropic',
    model,
    instructions: textBlocks(system).join('\n'),
    prompt: (newestMessage ? spoken(newestMessage) : []).join('\n'),
    userText: fromUser.flatMap((message) => textBlocks(message.content)).join('\n'),
    toolResults: fromUser.slice(newest + 1).flatMap(resultBlocks),
    toolNames: (tools ?? []).flatMap((tool) => tool.name ?? []),
    isStream: stream ?? false,
    headers,
  };
}
