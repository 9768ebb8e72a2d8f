import type { After } from '../../clock.ts';
import type { Changes } from './changes.ts';

/** So often a comment is sent when nothing else is: a connection that is gone shows only when written to. */
const HEARTBEAT_MS = 15_000;

/** What a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 2_000;

interface EventStreamParts {
  readonly changes: Changes;
  readonly after: After;
  /** What the page has shown already. */
  readonly mark: string;
  readonly onClose: () => void;
}

/**
 * Server-sent events for one page. A reader that is slow holds nothing back: what it has not read yet is asked
 * for when it reads, and is never more than one event per topic.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: EventStreamParts;
  readonly #encoder = new TextEncoder();
  readonly #stopListening: () => void;
  #mark: string;
  #wake = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.#mark = parts.mark;
    this.#stopListening = parts.changes.listen(() => this.#wake.resolve());
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#write(controller, `retry: ${RETRY_MS}\n: hello\n\n`),
        pull: (controller) => this.#pull(controller),
        cancel: () => this.close(),
      },
      { highWaterMark: 1 },
    );
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopListening();
    this.#wake.resolve();
    this.#parts.onClose();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const frames = this.#takeFrames() || (await this.#waitForFrames());
    if (this.#isClosed) return end(controller);
    this.#write(controller, frames);
  }

  async #waitForFrames(): Promise<string> {
    this.#wake = Promise.withResolvers();
    const cancel = this.#parts.after(HEARTBEAT_MS, () => this.#wake.resolve());
    if (this.#isClosed) this.#wake.resolve();
    await this.#wake.promise;
    cancel();
    return this.#takeFrames() || ': still here\n\n';
  }

  #takeFrames(): string {
    const changes = this.#parts.changes.since(this.#mark);
    this.#mark = changes.at(-1)?.mark ?? this.#mark;
    return changes
      .map(({ topic, mark }) => `id: ${mark}\nevent: changed\ndata: ${topic}\n\n`)
      .join('');
  }

  #write(controller: ReadableStreamDefaultController<Uint8Array>, text: string): void {
    controller.enqueue(this.#encoder.encode(text));
  }
}

/** A reader that has gone away has closed it already. */
function end(controller: ReadableStreamDefaultController<Uint8Array>): void {
  if (controller.desiredSize !== null && controller.desiredSize > 0) controller.close();
}
