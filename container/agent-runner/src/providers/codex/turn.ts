import type { Usage } from '@deckhand/protocol';
import type { ProviderOutcome } from '../../outcome.ts';
import { Paragraphs } from '../../paragraphs.ts';
import type { RunEmitter } from '../../run-emitter.ts';
import type { ProcessEnd } from '../../run-process.ts';
import { isReadOnlyTool, TOOL_SERVER } from '../../tools/table.ts';
import { type CodexItem, readCodexEvent } from './events.ts';
import { classifyCodexFailure, isRefusal } from './failure.ts';

/** Items whose effects a second try would repeat. */
const EFFECTS: ReadonlySet<string> = new Set([
  'command_execution',
  'file_change',
  'mcp_tool_call',
  'collab_tool_call',
]);

function hasEffect({ type, server, tool }: CodexItem): boolean {
  if (server === TOOL_SERVER && tool !== undefined && isReadOnlyTool(tool)) return false;
  return EFFECTS.has(type);
}

function describeItem(item: CodexItem): string {
  const subject = item.command ?? item.tool ?? item.query ?? '';
  return subject === '' ? item.type : `${item.type}: ${subject}`;
}

/** Reads the events of one `codex exec` and says at its end what became of the turn. */
export class CodexTurn {
  readonly #emitter: RunEmitter;
  /** The CLI tells of a text when it is whole. */
  readonly #texts: Paragraphs;
  #lastMessage = '';
  #isOpen = false;
  #usage: Usage | undefined;
  #isCompleted = false;
  #failure: string | undefined;
  #lastError: string | undefined;

  constructor(emitter: RunEmitter) {
    this.#emitter = emitter;
    this.#texts = new Paragraphs((text) => emitter.delta(text));
  }

  readLine(line: string): void {
    const event = readCodexEvent(line);
    if (!event) return;
    switch (event.type) {
      case 'item.started':
        this.#readStart(event.item);
        break;
      case 'item.completed':
        this.#readItem(event.item);
        break;
      case 'turn.completed':
        this.#isOpen = false;
        this.#isCompleted = true;
        if (event.usage) this.#usage = toUsage(event.usage);
        break;
      case 'turn.failed':
        this.#isOpen = false;
        this.#failure = event.error.message;
        break;
      case 'error':
        this.#lastError = event.message;
        this.#emitter.progress(isRefusal(event.message) ? 'auth' : 'retry', event.message);
        break;
      case 'turn.started':
        this.#isOpen = true;
        break;
      case 'item.updated':
      case 'thread.started':
        break;
    }
  }

  finish(end: ProcessEnd, timeZone: string): ProviderOutcome {
    // The CLI starts a command before it tells of it, so an interrupted turn may have run one unseen.
    if (this.#isOpen) this.#emitter.markSideEffect();
    if (this.#isCompleted && this.#failure === undefined && end.exitCode === 0)
      return {
        type: 'result',
        text: this.#lastMessage,
        ...(this.#usage && { usage: this.#usage }),
      };
    const told = this.#failure ?? this.#lastError ?? end.stderr.trim();
    if (told !== '') return classifyCodexFailure(told, timeZone);
    const how = end.signal === null ? `code ${end.exitCode}` : end.signal;
    return { type: 'failed', class: 'internal', detail: `codex ended with ${how} and no result` };
  }

  #readStart(item: CodexItem): void {
    if (hasEffect(item)) this.#emitter.markSideEffect();
    if (item.type !== 'agent_message' && item.type !== 'reasoning')
      this.#emitter.progress('tool', describeItem(item));
  }

  #readItem(item: CodexItem): void {
    if (hasEffect(item)) this.#emitter.markSideEffect();
    if (item.type === 'agent_message' && item.text !== undefined) {
      this.#lastMessage = item.text;
      this.#texts.complete(item.text);
      this.#emitter.progress('text', item.text);
    }
    if (item.type === 'error') this.#emitter.progress('warning', item.message ?? 'warning');
  }
}

function toUsage(usage: {
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
}): Usage {
  return {
    inputTokens: usage.input_tokens,
    cachedInputTokens: usage.cached_input_tokens,
    outputTokens: usage.output_tokens,
  };
}
