import type { SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';

/** The user messages of a session: what is pushed comes out in order; closing ends the CLI's input. */
export class Inbox {
  readonly #waiting: SDKUserMessage[] = [];
  #wake = Promise.withResolvers<void>();
  #isClosed = false;

  push(message: SDKUserMessage): void {
    this.#waiting.push(message);
    this.#wake.resolve();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SDKUserMessage, void> {
    for (;;) {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) yield next;
      if (this.#isClosed) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }
}
