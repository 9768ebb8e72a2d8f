import type { After } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { ChatCommand } from '../db/chat-commands.ts';
import type { Logger } from '../logger.ts';
import {
  type ChatCommandReplies,
  type ChatCommandRepliesDeps,
  createChatCommandReplies,
} from './chat-command-replies.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** Commands that are looked at together: one goes on, others join it. */
const PARALLEL = 16;
/** The database refused a write, as on a full disk: tried again this much later. */
const BROKEN_DELAY_MS = 30_000;

/** How a sign-in ended; the texts are for the chat and hold no secret. `aborted`: it was stopped, nothing is known. */
export type ChatSignInOutcome = { status: 'ok' | 'failed'; text: string } | { status: 'aborted' };

/** Signs in for the person who asked in the main chat. `onCode` is called once at most, with what they have to do. */
export type ChatSignIn = (
  main: RegisteredGroup,
  onCode: (text: string) => void,
  signal: AbortSignal,
) => Promise<ChatSignInOutcome>;

export interface ChatCommandsDeps extends ChatCommandRepliesDeps {
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly signIn: ChatSignIn;
  readonly after: After;
  readonly logger: Logger;
}

interface LiveSignIn {
  readonly chatJid: Jid;
  /** What the chat was told to do; undefined when the sign-in ended before that. */
  readonly code: Promise<string | undefined>;
  readonly ended: Promise<void>;
}

const BROKEN_NOTICE =
  'The sign-in broke on my side; whoever runs me can see why in the log, and with `deckhand login status` what counts now.';

/**
 * Does what people ask of the host itself: waiting → running → done | failed. One sign-in at a time; who asks
 * meanwhile gets its code again. What a host leaves running becomes `interrupted` in the next one, and the chat
 * is asked to say it again.
 */
export class ChatCommands {
  readonly #deps: ChatCommandsDeps;
  readonly #replies: ChatCommandReplies;
  readonly #queue: KeyedQueue;
  readonly #stop = new AbortController();
  #live: LiveSignIn | undefined;

  constructor(deps: ChatCommandsDeps) {
    this.#deps = deps;
    this.#replies = createChatCommandReplies(deps);
    this.#queue = new KeyedQueue({
      limit: PARALLEL,
      work: (key) => this.#work(Number(key)),
      brokenDelayMs: BROKEN_DELAY_MS,
      after: deps.after,
      onBroken: (key, err) => deps.logger.error({ command: key, err }, 'chat command broke'),
    });
  }

  /** A command is stored, perhaps within a transaction that has not ended. */
  add(seq: number): void {
    this.#queue.push(String(seq));
  }

  /** Takes up what has not ended. */
  recover(): void {
    for (const seq of this.#deps.chatCommands.open()) this.add(seq);
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Ends the sign-in that goes on, and begins nothing more. */
  stop(): void {
    this.#stop.abort();
    this.#queue.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#queue.close();
  }

  async #work(seq: number): Promise<void> {
    const { chatCommands, findGroup } = this.#deps;
    const command = chatCommands.find(seq);
    // Only one piece of work per command goes on, so that nobody works on one that runs already.
    if (command?.state === 'running') return this.#replies.interrupt(command);
    if (command?.state !== 'waiting') return;
    const main = findGroup(command.chatJid);
    if (!main?.isMain) return this.#replies.drop(command);
    while (this.#live !== undefined) {
      const { chatJid, code, ended } = this.#live;
      const text = await code;
      if (text !== undefined && chatJid === command.chatJid)
        return this.#replies.repeatCode(command, text);
      await ended;
    }
    // Left waiting, for the next host.
    if (this.#stop.signal.aborted) return;
    await this.#signIn(command, main);
  }

  async #signIn(command: ChatCommand, main: RegisteredGroup): Promise<void> {
    const code = Promise.withResolvers<string | undefined>();
    const ended = Promise.withResolvers<void>();
    const { chatJid, seq } = command;
    this.#live = { chatJid, code: code.promise, ended: ended.promise };
    try {
      this.#deps.chatCommands.begin(seq);
      const outcome = await this.#attempt(command, main, code.resolve);
      if (outcome.status === 'aborted') return;
      this.#replies.finish(command, outcome.status === 'ok' ? 'done' : 'failed', outcome.text);
    } finally {
      this.#live = undefined;
      code.resolve(undefined);
      ended.resolve();
    }
  }

  async #attempt(
    command: ChatCommand,
    main: RegisteredGroup,
    onCode: (text: string) => void,
  ): Promise<ChatSignInOutcome> {
    const { signIn, logger } = this.#deps;
    const showCode = (text: string) => {
      this.#replies.showCode(command, text);
      onCode(text);
    };
    try {
      return await signIn(main, showCode, this.#stop.signal);
    } catch (error) {
      logger.error({ err: error, chatJid: command.chatJid }, 'sign-in from a chat broke');
      return { status: 'failed', text: BROKEN_NOTICE };
    }
  }
}
