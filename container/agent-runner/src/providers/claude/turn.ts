import type {
  SDKAssistantMessage,
  SDKAssistantMessageError,
  SDKMessage,
  SDKPartialAssistantMessage,
  SDKResultMessage,
} from '@anthropic-ai/claude-agent-sdk';
import type { ProviderOutcome } from '../../outcome.ts';
import { Paragraphs } from '../../paragraphs.ts';
import type { RunEmitter } from '../../run-emitter.ts';
import { isReadOnlyTool, TOOL_SERVER } from '../../tools/table.ts';
import { classifyClaudeResult, classifyClaudeText } from './failure.ts';
import type { TurnEnd } from './session.ts';

/** Tools that leave nothing behind; all others count as effects. */
const READING_TOOLS: ReadonlySet<string> = new Set(['Read', 'Glob', 'Grep', 'ToolSearch', 'Skill']);
const TOOL_PREFIX = `mcp__${TOOL_SERVER}__`;

function hasEffect(tool: string): boolean {
  if (tool.startsWith(TOOL_PREFIX)) return !isReadOnlyTool(tool.slice(TOOL_PREFIX.length));
  return !READING_TOOLS.has(tool);
}

/** Reads the frames of one turn and says at its end what became of it. */
export class ClaudeTurn {
  readonly #emitter: RunEmitter;
  readonly #texts: Paragraphs;
  #error: SDKAssistantMessageError | undefined;
  #limit: { resetsAt?: number } | undefined;

  constructor(emitter: RunEmitter) {
    this.#emitter = emitter;
    this.#texts = new Paragraphs((text) => emitter.delta(text));
  }

  readMessage(message: SDKMessage): void {
    if (message.type === 'assistant') this.#readAssistant(message);
    else if (message.type === 'stream_event') this.#readPartial(message);
    else if (message.type === 'rate_limit_event') {
      const { status, resetsAt } = message.rate_limit_info;
      if (status === 'rejected')
        this.#limit = resetsAt === undefined ? {} : { resetsAt: resetsAt * 1000 };
    } else if (message.type === 'system' && message.subtype === 'api_retry') {
      const { attempt, error, error_status } = message;
      this.#emitter.progress('retry', `attempt ${attempt}: ${error_status ?? ''} ${error}`);
    }
  }

  finish(end: TurnEnd): ProviderOutcome {
    if (end.status === 'broken') return classifyClaudeText(end.detail);
    const { result } = end;
    if (result.subtype !== 'success' || result.is_error)
      return classifyClaudeResult(result, { error: this.#error, limit: this.#limit });
    return {
      type: 'result',
      text: result.result,
      sessionId: result.session_id,
      usage: toUsage(result),
    };
  }

  /** A subagent's words are not for the chat, but its tools have effects like any other. */
  #readAssistant(message: SDKAssistantMessage): void {
    if (message.parent_tool_use_id === null) this.#error = message.error;
    for (const block of message.message.content) {
      if (block.type === 'tool_use') {
        if (hasEffect(block.name)) this.#emitter.markSideEffect();
        this.#emitter.progress('tool', `${block.name}: ${JSON.stringify(block.input)}`);
      } else if (block.type === 'text' && message.parent_tool_use_id === null)
        this.#readText(block.text);
    }
  }

  #readText(text: string): void {
    this.#emitter.progress('text', text);
    this.#texts.complete(text);
  }

  /** Comes only when the session was started for somebody who reads along. */
  #readPartial({ event, parent_tool_use_id }: SDKPartialAssistantMessage): void {
    if (parent_tool_use_id !== null) return;
    if (event.type === 'content_block_start') this.#texts.begin();
    else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
      this.#texts.push(event.delta.text);
  }
}

function toUsage({ usage }: SDKResultMessage) {
  const cached = usage.cache_read_input_tokens;
  return {
    inputTokens: usage.input_tokens + usage.cache_creation_input_tokens + cached,
    cachedInputTokens: cached,
    outputTokens: usage.output_tokens,
  };
}
