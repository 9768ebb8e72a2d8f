import { z } from 'zod';
import { quoteName } from './quote-name.ts';

/** Tools that run where the agent runs; all others run at the server or connect it with another one. */
const OWN_TOOLS: ReadonlySet<string> = new Set([
  'function',
  'custom',
  'local_shell',
  'apply_patch',
  'namespace',
]);

/** Keys of the request that lead to what is kept at the server, with tools of its own. */
const REACHING_KEYS = ['prompt', 'conversation', 'previous_response_id'] as const;

/** Keys, wherever in the request, by which the server would fetch or open something. */
const REACHING_PARTS: ReadonlySet<string> = new Set([
  'file_url',
  'file_id',
  'server_url',
  'connector_id',
  'container_id',
]);

const toolSchema = z.looseObject({
  type: z.string(),
  execution: z.string().nullish(),
  tools: z.array(z.unknown()).nullish(),
});

type Ask = Readonly<Record<string, unknown>>;

/** What of a request to the Responses API would make the server reach out, in words; undefined when nothing. */
export function findOpenaiReach(ask: Ask): string | undefined {
  const key = REACHING_KEYS.find((name) => ask[name] !== undefined && ask[name] !== null);
  if (key !== undefined) return `"${key}"`;
  const { tools, input, text: _schema, ...rest } = ask;
  return findInTools(tools) ?? findInInput(input) ?? findPart(rest);
}

/** The depth is bounded by whoever has checked the body. */
function findInTools(tools: unknown): string | undefined {
  if (tools === undefined || tools === null) return undefined;
  if (!Array.isArray(tools)) return 'its tools cannot be read';
  for (const one of tools) {
    const tool = toolSchema.safeParse(one).data;
    if (tool === undefined) return 'a tool without a type';
    if (!isOwn(tool)) return `the tool ${quoteName(tool.type)}`;
    const inner = findInTools(tool.tools);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The CLI's search for its own tools says that it is the client's to do. */
function isOwn({ type, execution }: z.infer<typeof toolSchema>): boolean {
  return OWN_TOOLS.has(type) || (type === 'tool_search' && execution === 'client');
}

/** "Responses Lite" has the tools among the input. What tools take is a schema, in which every name may occur. */
function findInInput(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  for (const item of Object.values(input)) {
    const { type, tools, ...rest }: Ask = Object(item);
    const reach =
      type === 'additional_tools' || type === 'tool_search_output'
        ? (findInTools(tools) ?? findPart(rest))
        : findPart(item);
    if (reach !== undefined) return reach;
  }
  return undefined;
}

function findPart(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (REACHING_PARTS.has(key) && inner !== null) return `"${key}"`;
    if (key === 'image_url' && inner !== null && !isOwnImage(inner))
      return 'an image by its address';
    const reach = findPart(inner);
    if (reach !== undefined) return reach;
  }
  return undefined;
}

function isOwnImage(url: unknown): boolean {
  return typeof url === 'string' && /^data:/i.test(url);
}
