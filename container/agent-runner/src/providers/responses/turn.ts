import type { Usage } from '@deckhand/protocol';
import type { Failure, ProviderOutcome } from '../../outcome.ts';
import type { RunEmitter } from '../../run-emitter.ts';
import { STOPPED_CALL } from './call-failure.ts';
import type { InputItem } from './items.ts';
import {
  type CallOutcome,
  type DoneCall,
  type TextListener,
  textOfItem,
} from './response-reader.ts';
import { type CallItem, type OutputItem, readCall } from './stream-event.ts';
import { answerCall, runCall } from './tool-call.ts';
import type { AgentTool } from './tools/agent-tool.ts';

/** How often the model is asked in one turn. */
const MAX_ROUNDS = 50;
/** Rounds in a row with nothing but calls that no tool can take. */
const MAX_MISTAKEN_ROUNDS = 5;
const MAX_CALLS_PER_ROUND = 32;

export interface TurnDeps {
  /** Asks the model with the whole conversation so far. */
  readonly ask: (input: readonly InputItem[], listener: TextListener) => Promise<CallOutcome>;
  readonly tools: readonly AgentTool[];
  readonly emitter: RunEmitter;
  readonly listener: TextListener;
}

const fail = (detail: string): Failure => ({ type: 'failed', class: 'internal', detail });

/**
 * The loop of one turn: ask the model, run what it calls, in order, and ask again with the outputs, until it calls
 * nothing. Only a model request is ever repeated, with the outputs of the tools that ran in it.
 */
export class ResponsesTurn {
  readonly #deps: TurnDeps;
  readonly #input: InputItem[];
  #lastMessage = '';
  #usage: Usage | undefined;
  #mistakenRounds = 0;

  constructor(deps: TurnDeps, message: InputItem) {
    this.#deps = deps;
    this.#input = [message];
  }

  async run(signal: AbortSignal): Promise<ProviderOutcome> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const outcome = await this.#deps.ask(this.#input, this.#deps.listener);
      if (outcome.type === 'failed') return outcome.failure;
      const calls = this.#readItems(outcome);
      if (calls.length === 0) return this.#answer();
      if (!(await this.#runCalls(calls, signal))) return STOPPED_CALL.failure;
      if (this.#mistakenRounds >= MAX_MISTAKEN_ROUNDS)
        return fail(`the model made ${MAX_MISTAKEN_ROUNDS} rounds of calls that no tool can take`);
    }
    return fail(`the model called tools for ${MAX_ROUNDS} rounds without an answer`);
  }

  #answer(): ProviderOutcome {
    return {
      type: 'result',
      text: this.#lastMessage,
      ...(this.#usage && { usage: this.#usage }),
    };
  }

  /** Keeps what the next request replays, and returns the calls. */
  #readItems({ items, usage }: DoneCall): CallItem[] {
    if (usage) this.#usage = addUsage(this.#usage, usage);
    this.#input.push(...items.filter(isReplayable));
    for (const item of items) {
      const text = textOfItem(item) ?? '';
      if (text === '') continue;
      this.#lastMessage = text;
      this.#deps.emitter.progress('text', text);
    }
    return items.flatMap((item) => readCall(item) ?? []);
  }

  /** Every call gets an output. False when the run was stopped meanwhile. */
  async #runCalls(calls: readonly CallItem[], signal: AbortSignal): Promise<boolean> {
    let hasSense = false;
    for (const [index, call] of calls.entries()) {
      if (signal.aborted) return false;
      if (index >= MAX_CALLS_PER_ROUND) {
        this.#input.push(answerCall(call, `Error: more than ${MAX_CALLS_PER_ROUND} calls at once`));
        continue;
      }
      const result = await runCall(call, this.#deps.tools, this.#deps.emitter, signal);
      this.#input.push(result.output);
      hasSense ||= !result.isMistaken;
    }
    this.#mistakenRounds = hasSense ? 0 : this.#mistakenRounds + 1;
    return !signal.aborted;
  }
}

/** Nothing is stored on the server, so reasoning without its encrypted content would name what nobody knows. */
function isReplayable({ type, encrypted_content: content }: OutputItem): boolean {
  return type !== 'reasoning' || typeof content === 'string';
}

function addUsage(sum: Usage | undefined, usage: Usage): Usage {
  return {
    inputTokens: (sum?.inputTokens ?? 0) + usage.inputTokens,
    cachedInputTokens: (sum?.cachedInputTokens ?? 0) + usage.cachedInputTokens,
    outputTokens: (sum?.outputTokens ?? 0) + usage.outputTokens,
  };
}
