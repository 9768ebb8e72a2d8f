import {
  decodeLine,
  LineSplitter,
  type ReadyEvent,
  type RunEvent,
  runnerEventSchema,
} from '@deckhand/protocol';
import type { Logger } from '../logger.ts';

/** Lines that are no events get a warning this many times per process. */
const MAX_GARBAGE_WARNINGS = 5;
/** Events kept for the first listener; before a run's request there is nothing an agent should say. */
const MAX_PENDING_EVENTS = 10_000;
/** Characters of standard error kept for the report of a process that died. */
const KEPT_STDERR_CHARS = 1000;

export interface FeedListener {
  onEvent(event: RunEvent): void;
  /** Bytes of both outputs since the feed began. */
  onBytes(total: number): void;
}

/**
 * Turns an agent process's output into events for at most one listener. Lines that are none are dropped
 * with a warning: an agent's tools may print to the same stream.
 */
export class EventFeed {
  /** The process's first event; stays pending when it never comes. */
  readonly ready: Promise<ReadyEvent>;
  readonly #ready = Promise.withResolvers<ReadyEvent>();
  readonly #logger: Logger;
  readonly #splitter: LineSplitter;
  readonly #stderr = new TextDecoder();
  #listener: FeedListener | undefined;
  /** Events before the first subscription; undefined after it. */
  #pending: RunEvent[] | undefined = [];
  #bytes = 0;
  #garbageLines = 0;
  #stderrTail = '';

  constructor(logger: Logger) {
    this.#logger = logger;
    this.ready = this.#ready.promise;
    this.#splitter = new LineSplitter(
      (line) => this.#onLine(line),
      (chars) => this.#onGarbage(`line over ${chars} characters`),
    );
  }

  get bytes(): number {
    return this.#bytes;
  }

  get stderrTail(): string {
    return this.#stderrTail.trim();
  }

  /**
   * Replaces the listener before; the first one also gets the events so far, during the call. The returned
   * function ends only its own subscription.
   */
  subscribe(listener: FeedListener): () => void {
    this.#listener = listener;
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    for (const event of pending) listener.onEvent(event);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  pushStdout(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#listener?.onBytes(this.#bytes);
    this.#splitter.push(chunk);
  }

  pushStderr(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#listener?.onBytes(this.#bytes);
    const text = this.#stderr.decode(chunk, { stream: true });
    this.#stderrTail = (this.#stderrTail + text).slice(-KEPT_STDERR_CHARS);
    this.#logger.debug({ text: text.slice(0, KEPT_STDERR_CHARS) }, 'agent wrote to standard error');
  }

  /** The output is over; a last line without newline still counts. */
  end(): void {
    this.#splitter.end();
  }

  #onLine(line: string): void {
    const decoded = decodeLine(line);
    if (!decoded.ok) return this.#onGarbage('not JSON');
    const parsed = runnerEventSchema.safeParse(decoded.value);
    if (!parsed.success) return this.#onGarbage('not an event');
    if (parsed.data.type === 'ready') this.#ready.resolve(parsed.data);
    else if (this.#pending === undefined) this.#listener?.onEvent(parsed.data);
    else if (this.#pending.length < MAX_PENDING_EVENTS) this.#pending.push(parsed.data);
  }

  #onGarbage(reason: string): void {
    this.#garbageLines += 1;
    if (this.#garbageLines > MAX_GARBAGE_WARNINGS) return;
    this.#logger.warn({ reason, line: this.#garbageLines }, 'agent output line ignored');
  }
}
