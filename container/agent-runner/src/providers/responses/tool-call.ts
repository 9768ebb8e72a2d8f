import { decodeLine } from '@deckhand/protocol';
import { z } from 'zod';
import { describeError } from '../../describe-error.ts';
import type { RunEmitter } from '../../run-emitter.ts';
import type { InputItem } from './items.ts';
import type { CallItem } from './stream-event.ts';
import type { AgentTool } from './tools/agent-tool.ts';

const MAX_ERROR_CHARS = 500;

/** What a call asks for: a tool with its input, or something that does not exist. */
type ReadCall =
  | { readonly ok: true; readonly tool: AgentTool; readonly input: unknown }
  | { readonly ok: false; readonly reason: string };

export interface CallResult {
  readonly output: InputItem;
  /** The call was none of a tool that exists with an input it takes; nothing ran. */
  readonly isMistaken: boolean;
}

function readArguments(call: CallItem, tools: readonly AgentTool[]): ReadCall {
  const tool = tools.find(({ name }) => name === call.name);
  if (!tool || call.type !== 'function_call') {
    const names = tools.map(({ name }) => name).join(', ');
    return { ok: false, reason: `There is no tool ${JSON.stringify(call.name)}. Tools: ${names}.` };
  }
  // A function without parameters may be called without any text.
  const decoded = decodeLine(call.arguments.trim() === '' ? '{}' : call.arguments);
  if (!decoded.ok) return { ok: false, reason: `The arguments are not JSON: ${decoded.reason}` };
  const input = z.strictObject(tool.shape).safeParse(decoded.value);
  if (input.success) return { ok: true, tool, input: decoded.value };
  const wrong = z.prettifyError(input.error).slice(0, MAX_ERROR_CHARS);
  return { ok: false, reason: `Wrong input: ${wrong}` };
}

export function answerCall(call: CallItem, text: string): InputItem {
  return { type: `${call.type}_output`, call_id: call.call_id, output: text };
}

/** Runs one call of the model. Whatever goes wrong is told to it as the output. */
export async function runCall(
  call: CallItem,
  tools: readonly AgentTool[],
  emitter: RunEmitter,
  signal: AbortSignal,
): Promise<CallResult> {
  const read = readArguments(call, tools);
  if (!read.ok) {
    emitter.progress('warning', read.reason);
    return { output: answerCall(call, `Error: ${read.reason}`), isMistaken: true };
  }
  const { tool, input } = read;
  emitter.progress('tool', `${tool.name}: ${call.arguments}`);
  if (!tool.isReadOnly) emitter.markSideEffect();
  return {
    output: answerCall(call, await runTool(tool, input, emitter, signal)),
    isMistaken: false,
  };
}

async function runTool(
  tool: AgentTool,
  input: unknown,
  emitter: RunEmitter,
  signal: AbortSignal,
): Promise<string> {
  try {
    const { text, isError } = await tool.call(input, signal);
    return isError ? `Error: ${text}` : text;
  } catch (error) {
    const reason = `The tool ${tool.name} failed: ${describeError(error).slice(0, MAX_ERROR_CHARS)}`;
    emitter.progress('warning', reason);
    return `Error: ${reason}`;
  }
}
