import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { ModelRequest } from './model-request.ts';

const toolSchema = z.looseObject({ type: z.string(), name: z.string().optional() });
const namespaceSchema = z.looseObject({
  type: z.literal('namespace'),
  tools: z.array(toolSchema),
});

const textPartSchema = z.looseObject({ text: z.string() });
const contentSchema = z.union([z.string(), z.array(z.unknown())]);

const itemSchema = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: contentSchema.nullish(),
  output: z.unknown().optional(),
  tools: z.array(z.unknown()).optional(),
});
type Item = z.infer<typeof itemSchema>;

const bodySchema = z.looseObject({
  model: z.string(),
  instructions: z.string().optional(),
  input: z.array(itemSchema),
  tools: z.array(z.unknown()).nullish(),
  stream: z.boolean().optional(),
});

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content === undefined ? '' : JSON.stringify(content);
  return content.map((part) => textPartSchema.safeParse(part).data?.text ?? '').join('\n');
}

function namesOf(tools: readonly unknown[]): string[] {
  return tools.flatMap((tool) => {
    const namespace = namespaceSchema.safeParse(tool);
    if (namespace.success) return namesOf(namespace.data.tools);
    const plain = toolSchema.safeParse(tool);
    return plain.success ? [plain.data.name ?? plain.data.type] : [];
  });
}

/** Newer models get their tools as an input item instead of the `tools` key. */
function offeredTools(tools: readonly unknown[], input: readonly Item[]): string[] {
  const additional = input.flatMap((item) =>
    item.type === 'additional_tools' ? (item.tools ?? []) : [],
  );
  return namesOf([...tools, ...additional]);
}

const isUser = (item: Item) => item.role === 'user' && textOf(item.content) !== '';
const isToolOutput = (item: Item) => item.type?.endsWith('_call_output') ?? false;

/** Reads the body of POST /responses; throws a ZodError when it is not one. */
export function readOpenaiRequest(body: unknown, headers: IncomingHttpHeaders): ModelRequest {
  const { model, instructions, input, tools, stream } = bodySchema.parse(body);
  const newest = input.findLastIndex(isUser);
  const developer = input.filter((item) => item.role === 'developer' && item.content);
  return {
    api: 'openai',
    model,
    instructions: [instructions ?? '', ...developer.map((item) => textOf(item.content))].join('\n'),
    prompt: textOf(input[newest]?.content),
    userText: input
      .filter(isUser)
      .map((item) => textOf(item.content))
      .join('\n'),
    toolResults: input
      .slice(newest + 1)
      .filter(isToolOutput)
      .map((item) => textOf(item.output)),
    toolNames: offeredTools(tools ?? [], input),
    isStream: stream ?? false,
    headers,
  };
}
