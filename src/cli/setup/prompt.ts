import { Readable } from 'node:stream';
import { type CliContext } from '../context.ts';
import { createLineReader, type LineReader } from '../login/read-lines.ts';

export interface Prompt extends Disposable {
  /** Whether a person sits at a terminal and may be asked again and again. */
  readonly isInteractive: boolean;
  /**
   * Shows the question and gives the next line, without blanks around it; undefined when there is no more
   * input or nobody may be asked. Rejects with the signal's reason when it aborts.
   */
  ask(question: string): Promise<string | undefined>;
  /** Gives up standard input to what reads a terminal itself; the next `ask` takes it back. */
  release(): void;
  /** The lines that are left, for what reads a stream. At a terminal the terminal itself. */
  lend(): Readable;
}

/**
 * Asks line by line. Questions go to standard error, so that standard output stays what the command says. The
 * terminal edits and echoes the lines itself; a pipe may bring all the answers at once.
 */
export function createPrompt(context: CliContext, mayAsk: boolean): Prompt {
  const isTerminal = mayAsk && context.isStdinTty;
  let reader: LineReader | undefined;
  const next = async () => {
    // A reader of an input that is over would wait for its end for ever.
    if (reader === undefined && context.stdin.readableEnded) return undefined;
    reader ??= createLineReader(context.stdin);
    return reader.next(context.signal);
  };
  const release = () => {
    reader?.[Symbol.dispose]();
    reader = undefined;
  };
  return {
    isInteractive: isTerminal,
    async ask(question) {
      if (!mayAsk) return undefined;
      context.stderr(question);
      const line = await next();
      // What a terminal echoes ends its line; what comes from a pipe is not seen.
      if (!isTerminal || line === undefined) context.stderr('\n');
      return line?.trim();
    },
    release: () => (isTerminal ? release() : undefined),
    lend() {
      if (reader !== undefined && !isTerminal) return Readable.from(restOf(next));
      release();
      return context.stdin;
    },
    [Symbol.dispose]: release,
  };
}

async function* restOf(next: () => Promise<string | undefined>): AsyncGenerator<string> {
  for (let line = await next(); line !== undefined; line = await next()) yield `${line}\n`;
}
