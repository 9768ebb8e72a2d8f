import { randomUUID } from 'node:crypto';
import {
  type Options,
  type Query,
  query,
  type SDKMessage,
  type SDKResultMessage,
  type SDKUserMessage,
} from '@anthropic-ai/claude-agent-sdk';
import { describeError } from '../../describe-error.ts';
import { ClaudeChild } from './child.ts';
import { Inbox } from './inbox.ts';

const MAX_STDERR_CHARS = 4000;
/** The CLI answers an interrupt in about 12 ms. */
const INTERRUPT_WAIT_MS = 1000;

/** How a turn ended: with the CLI's result, or without one. */
export type TurnEnd =
  | { status: 'result'; result: SDKResultMessage }
  | { status: 'broken'; detail: string };

interface Turn {
  readonly uuid: string;
  readonly onMessage: (message: SDKMessage) => void;
  readonly end: PromiseWithResolvers<TurnEnd>;
}

/**
 * One CLI process that keeps a session open: `idle → turn → idle …`. It can serve another turn until its
 * process ends, a turn breaks, or it speaks without having been asked.
 */
export class ClaudeSession {
  readonly #inbox = new Inbox();
  readonly #child: ClaudeChild;
  readonly #query: Query;
  #turn: Turn | undefined;
  #stderr = '';
  #isUsable = true;
  #id: string | undefined;

  constructor(options: Options) {
    this.#child = new ClaudeChild((text) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_CHARS);
    });
    const spawnClaudeCodeProcess: NonNullable<Options['spawnClaudeCodeProcess']> = (spawn) =>
      this.#child.spawn(spawn);
    this.#query = query({
      prompt: this.#inbox[Symbol.asyncIterator](),
      options: { ...options, spawnClaudeCodeProcess },
    });
    void this.#read();
  }

  get isUsable(): boolean {
    return this.#isUsable;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Known after the first frame of the first turn. */
  get id(): string | undefined {
    return this.#id;
  }

  /**
   * Resolves with the turn's end; an abort interrupts it. What the CLI told before it took the interrupt is
   * still handed on, so that no effect goes unseen. Never rejects.
   */
  async runTurn(
    content: SDKUserMessage['message']['content'],
    onMessage: (message: SDKMessage) => void,
    signal: AbortSignal,
  ): Promise<TurnEnd> {
    const uuid = randomUUID();
    const end = Promise.withResolvers<TurnEnd>();
    const onAbort = () =>
      void this.#interrupt().then(() => end.resolve({ status: 'broken', detail: 'stopped' }));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#turn = { uuid, onMessage, end };
    this.#inbox.push({
      type: 'user',
      message: { role: 'user', content },
      parent_tool_use_id: null,
      uuid,
    });
    if (signal.aborted) onAbort();
    const outcome = await end.promise;
    signal.removeEventListener('abort', onAbort);
    if (outcome.status === 'broken') this.#isUsable = false;
    this.#turn = undefined;
    return outcome;
  }

  /** Ends the process, by force when it does not end by itself. Not to be called during a turn. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isUsable = false;
    this.#inbox.close();
    await this.#child.stop();
    this.#query.close();
  }

  async #interrupt(): Promise<void> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), INTERRUPT_WAIT_MS);
    // A process that is gone cannot be interrupted, and need not be.
    const interrupted = this.#query.interrupt().catch(() => undefined);
    await Promise.race([interrupted, late.promise]);
    clearTimeout(timer);
  }

  async #read(): Promise<void> {
    try {
      for await (const message of this.#query) this.#accept(message);
      this.#break('claude ended without a result');
    } catch (error) {
      this.#break(describeError(error));
    }
  }

  #break(reason: string): void {
    this.#isUsable = false;
    const detail = this.#stderr.trim() === '' ? reason : `${reason}: ${this.#stderr.trim()}`;
    this.#turn?.end.resolve({ status: 'broken', detail });
  }

  #accept(message: SDKMessage): void {
    if ('session_id' in message && message.session_id) this.#id = message.session_id;
    const turn = this.#turn;
    if (message.type !== 'result') {
      // What an idle session says belongs to no run; a fresh process will not mix it into the next one.
      if (!turn && message.type === 'assistant') this.#isUsable = false;
      turn?.onMessage(message);
    } else if (turn && isResultOf(message, turn.uuid)) {
      turn.end.resolve({ status: 'result', result: message });
    } else this.#isUsable = false;
  }
}

/** Results of failed starts name no message. */
function isResultOf(result: SDKResultMessage, uuid: string): boolean {
  return result.user_message_uuids?.includes(uuid) ?? true;
}
