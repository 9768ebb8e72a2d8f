import { z } from 'zod';
import { quoteName } from './quote-name.ts';

/**
 * Tools that run where the agent runs, by type; all others run at the server, which then fetches, searches or computes
 * for whoever asks. A tool without a type is the client's own.
 */
const OWN_TOOL = /^(custom|(bash|text_editor|memory|tool_search_tool(_regex|_bm25)?)_\d{8})$/;

/** Blocks that hold what they are about. A new one is refused until it is known what the server does with it. */
const PLAIN_BLOCKS: ReadonlySet<string> = new Set([
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_reference',
]);
const BLOCKS_WITH_SOURCE: ReadonlySet<string> = new Set(['image', 'document']);
const BLOCKS_WITH_CONTENT: ReadonlySet<string> = new Set(['tool_result', 'search_result']);
const OWN_SOURCES: ReadonlySet<string> = new Set(['base64', 'text', 'content']);

/** Keys of the request that lend the model a connection or a machine. */
const REACHING_KEYS = ['mcp_servers', 'container'] as const;

const blockSchema = z.looseObject({
  type: z.string(),
  content: z.unknown().optional(),
  source: z
    .looseObject({ type: z.string(), content: z.unknown().optional() })
    .nullish()
    .catch({ type: 'unknown' }),
});
const toolsSchema = z.array(z.looseObject({ type: z.string().nullish() }));
const messagesSchema = z.array(z.looseObject({ content: z.unknown() }));

type Ask = Readonly<Record<string, unknown>>;

/** What of a request to the Messages API would make the server reach out, in words; undefined when nothing. */
export function findAnthropicReach(ask: Ask): string | undefined {
  const key = REACHING_KEYS.find((name) => ask[name] !== undefined && ask[name] !== null);
  if (key !== undefined) return `"${key}"`;
  const tools = toolsSchema.safeParse(ask['tools'] ?? []);
  const messages = messagesSchema.safeParse(ask['messages']);
  if (!tools.success || !messages.success) return 'its tools or messages cannot be read';
  const tool = tools.data.find(({ type }) => typeof type === 'string' && !OWN_TOOL.test(type));
  if (tool) return `the tool ${quoteName(tool.type ?? 'unknown')}`;
  for (const content of [ask['system'], ...messages.data.map((message) => message.content)]) {
    const reach = findInContent(content);
    if (reach !== undefined) return reach;
  }
  return undefined;
}

/** The depth is bounded by whoever has checked the body. */
function findInContent(content: unknown): string | undefined {
  if (!Array.isArray(content)) {
    return content === undefined || typeof content === 'string'
      ? undefined
      : 'a content of no known form';
  }
  for (const block of content) {
    const reach = findInBlock(block);
    if (reach !== undefined) return reach;
  }
  return undefined;
}

function findInBlock(block: unknown): string | undefined {
  const read = blockSchema.safeParse(block);
  if (!read.success) return 'a block without a type';
  const { type, source, content } = read.data;
  if (PLAIN_BLOCKS.has(type)) return undefined;
  if (BLOCKS_WITH_CONTENT.has(type)) return findInContent(content);
  if (!BLOCKS_WITH_SOURCE.has(type)) return `a block ${quoteName(type)}`;
  if (!source || !OWN_SOURCES.has(source.type))
    return `a source ${quoteName(source?.type ?? 'unknown')}`;
  return source.type === 'content' ? findInContent(source.content) : undefined;
}
