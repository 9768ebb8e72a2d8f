import { type InputItem, messageItem, textPart } from './items.ts';

/** A function the model may call; `parameters` is a JSON schema. */
export interface FunctionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly strict: false;
}

export interface BodyParts {
  readonly model: string;
  readonly instructions: string;
  readonly input: readonly InputItem[];
  readonly tools: readonly FunctionTool[];
  /** The level is the model's default when it is absent. */
  readonly reasoningEffort?: string | undefined;
  readonly isLite: boolean;
  readonly isChatgpt: boolean;
  /** The same for all turns of a group, which begin with the same words. */
  readonly cacheKey: string;
}

export type RequestBody = Readonly<Record<string, unknown>>;

/** The public API refuses `reasoning` and encrypted reasoning for these. */
const NOT_REASONING = /^(gpt-3|gpt-4|chatgpt-)/;

/**
 * The body of `POST …/responses`. On the ChatGPT backend `instructions`, `store: false` and `stream: true` are
 * mandatory, and `max_output_tokens` and `temperature` are refused.
 */
export function requestBody(parts: BodyParts): RequestBody {
  const { model, tools, instructions, input } = parts;
  return {
    model,
    ...(parts.isLite ? liteForm(parts) : { instructions, input, tools }),
    tool_choice: 'auto',
    parallel_tool_calls: !parts.isLite,
    store: false,
    stream: true,
    ...reasoningPart(parts),
    ...(parts.isChatgpt && { text: { verbosity: 'medium' } }),
    prompt_cache_key: parts.cacheKey,
  };
}

/** "Responses Lite", as CLI 0.169 sends it for gpt-6.1-sol: tools and instructions are items of the input. */
function liteForm({ tools, instructions, input }: BodyParts): RequestBody {
  const offer: InputItem = { type: 'additional_tools', role: 'developer', tools };
  return { input: [offer, messageItem('developer', [textPart(instructions)]), ...input] };
}

function reasoningPart({ model, reasoningEffort, isLite, isChatgpt }: BodyParts): RequestBody {
  if (NOT_REASONING.test(model)) return {};
  const reasoning = {
    ...(reasoningEffort !== undefined && { effort: reasoningEffort }),
    ...(isLite && { context: 'all_turns' }),
    // The public API gives summaries only to organizations that have proved who they are.
    ...(isChatgpt && !isLite && { summary: 'auto' }),
  };
  const isEmpty = Object.keys(reasoning).length === 0;
  return { include: ['reasoning.encrypted_content'], ...(!isEmpty && { reasoning }) };
}
