import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface LineReader extends Disposable {
  /** The next line; undefined at the end of the input. Rejects with the signal's reason when it aborts. */
  next(signal: AbortSignal): Promise<string | undefined>;
}

/** Reads an input line by line. Disposing stops reading, so that the input does not keep the process alive. */
export function createLineReader(input: Readable): LineReader {
  const lines = createInterface({ input, terminal: false });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    async next(signal) {
      signal.throwIfAborted();
      const close = () => lines.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        const { done, value } = await iterator.next();
        signal.throwIfAborted();
        return done ? undefined : value;
      } finally {
        signal.removeEventListener('abort', close);
      }
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
