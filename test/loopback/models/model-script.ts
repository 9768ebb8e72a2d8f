import type { RawChunk } from './answer-sink.ts';
import type { Gate } from './gate.ts';
import type { ModelRequest } from './model-request.ts';

export interface ReplyUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type OutputItem = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What the model does when asked once. */
export type ModelAnswer =
  /** Says a text and ends the turn. */
  | { readonly type: 'reply'; readonly text: string; readonly usage?: ReplyUsage }
  /** Says a text in pieces, each sent when the gates before it are open, and ends the turn. */
  | { readonly type: 'pieces'; readonly parts: readonly (string | Gate)[] }
  /** Makes output items as they are, such as several calls in one answer. Responses API only. */
  | { readonly type: 'items'; readonly items: readonly OutputItem[] }
  /** Sends the bytes of an event stream as they are and ends or cuts it. Responses API only. */
  | { readonly type: 'raw'; readonly chunks: readonly RawChunk[]; readonly isCut: boolean }
  /** Runs a shell command with whatever shell tool the request offers. */
  | { readonly type: 'command'; readonly command: string }
  /** Calls a tool by its name as offered in the request. */
  | { readonly type: 'tool'; readonly name: string; readonly input: Record<string, unknown> }
  /** Answers with an HTTP error. Without a body, the one the real API would send for this status. */
  | {
      readonly type: 'error';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Begins to stream the text and then closes the connection. */
  | { readonly type: 'cut'; readonly text: string }
  /** Begins to stream the text and then sends nothing more until the client or the server closes. */
  | { readonly type: 'stall'; readonly text: string };

/** A `wait` holds back the answer that follows it. */
export type ModelStep = ModelAnswer | { readonly type: 'wait'; readonly gate: Gate };

/**
 * One rule: the first that matches a new turn plays it. The n-th answer among the steps is given in the
 * n-th round (a round ends with a tool's result); a retry of the same round gets the same answer again,
 * unless `times` sends it to the next rule.
 */
export interface ModelRule {
  /** Absent: matches every turn. */
  readonly when?: (request: ModelRequest) => boolean;
  /** How many first-round requests the rule serves; absent: all. */
  readonly times?: number;
  readonly steps: readonly ModelStep[];
}

/** Rules, or a function that decides every turn. A turn that no rule matches is echoed. */
export type ModelScript =
  | readonly ModelRule[]
  | ((request: ModelRequest) => readonly ModelStep[] | Promise<readonly ModelStep[]>);

export const say = (text: string, usage?: ReplyUsage): ModelStep => ({
  type: 'reply',
  text,
  ...(usage && { usage }),
});
export const sayInPieces = (...parts: readonly (string | Gate)[]): ModelStep => ({
  type: 'pieces',
  parts,
});
export const makeItems = (...items: readonly OutputItem[]): ModelStep => ({ type: 'items', items });
export const sendRaw = (chunks: readonly RawChunk[], isCut = false): ModelStep => ({
  type: 'raw',
  chunks,
  isCut,
});
export const runCommand = (command: string): ModelStep => ({ type: 'command', command });
export const callTool = (name: string, input: Record<string, unknown>): ModelStep => ({
  type: 'tool',
  name,
  input,
});
export const wait = (gate: Gate): ModelStep => ({ type: 'wait', gate });
export const failWith = (
  status: number,
  body?: unknown,
  headers?: Record<string, string>,
): ModelStep => ({
  type: 'error',
  status,
  ...(body !== undefined && { body }),
  ...(headers && { headers }),
});
export const cutStream = (text = ''): ModelStep => ({ type: 'cut', text });
export const stallStream = (text = ''): ModelStep => ({ type: 'stall', text });
