import type { After } from '../../clock.ts';
import type { Changes } from './changes.ts';
import { EventStream } from './event-stream.ts';

/** Each open page has one; a browser keeps six per host. */
const MAX_STREAMS = 32;

/** The open pages. */
export class EventStreams {
  readonly #changes: Changes;
  readonly #after: After;
  readonly #open = new Set<EventStream>();

  constructor(changes: Changes, after: After) {
    this.#changes = changes;
    this.#after = after;
  }

  get size(): number {
    return this.#open.size;
  }

  /** A stream of what changes after a mark, or undefined when too many are open. */
  open(mark: string): ReadableStream<Uint8Array> | undefined {
    if (this.#open.size >= MAX_STREAMS) return undefined;
    const stream = new EventStream({
      changes: this.#changes,
      after: this.#after,
      mark,
      onClose: () => void this.#open.delete(stream),
    });
    this.#open.add(stream);
    return stream.body;
  }

  /** Ends all of them. */
  close(): void {
    for (const stream of this.#open) stream.close();
  }
}
