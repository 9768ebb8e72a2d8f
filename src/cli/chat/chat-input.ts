import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { CliContext } from '../context.ts';
import { LINE_WIDTH } from '../layout.ts';

/** Lines that come within this time of each other were pasted: nobody types that fast. Milliseconds. */
const PASTE_GAP_MS = 40;
const HISTORY_LINES = 500;
const PROMPT = '> ';

type InputContext = Pick<CliContext, 'stdin' | 'isStdinTty' | 'stderr' | 'columns'>;

/**
 * What a person types or a pipe brings, text by text. At a terminal several pasted lines are one text, which waits for
 * Enter when it does not end with one; a pipe brings one text a line. The prompt and the echo go to standard error.
 */
export class ChatInput implements Disposable {
  readonly #readline: Interface;
  readonly #isTyped: boolean;
  readonly #texts: string[] = [];
  #pasted: string[] = [];
  #gap: NodeJS.Timeout | undefined;
  #isEnded = false;
  #isListening = false;
  #wake: () => void = () => undefined;

  /** `onInterrupt` is called for Ctrl-C at a terminal; elsewhere the program gets a signal. */
  constructor(context: InputContext, onInterrupt: () => void) {
    this.#isTyped = context.isStdinTty;
    this.#readline = createInterface({
      input: context.stdin,
      output: this.#echo(context),
      terminal: this.#isTyped,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      prompt: PROMPT,
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    this.#readline.on('line', (line) => this.#take(line));
    this.#readline.on('SIGINT', onInterrupt);
    this.#readline.on('close', () => this.#end());
  }

  /** The next text; undefined when there is no more. Rejects when the signal aborts. */
  async next(signal: AbortSignal): Promise<string | undefined> {
    using _listening = this.#listen();
    for (;;) {
      signal.throwIfAborted();
      const text = this.#texts.shift();
      if (text !== undefined || this.#isEnded) return text;
      await this.#change(signal);
    }
  }

  /** Says something while a text is awaited, and shows what has been typed again. */
  interject(say: () => void): void {
    say();
    if (this.#isListening && this.#isTyped) this.#readline.prompt(true);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#gap);
    this.#readline.close();
  }

  /** While the assistant speaks, an echo would tear its text; what is typed meanwhile is shown afterwards. */
  #echo({ stderr, columns }: InputContext): Writable {
    const echo = new Writable({
      write: (chunk, _encoding, done) => {
        if (this.#isTyped && this.#isListening) stderr(String(chunk));
        done();
      },
    });
    // readline asks for it at each redraw, so that it follows a window that is resized.
    return Object.defineProperty(echo, 'columns', { get: () => columns?.() ?? LINE_WIDTH });
  }

  #listen(): Disposable {
    this.#isListening = true;
    if (this.#isTyped && this.#texts.length === 0 && !this.#isEnded) this.#readline.prompt(true);
    return { [Symbol.dispose]: () => void (this.#isListening = false) };
  }

  #take(line: string): void {
    if (!this.#isTyped) return this.#give(line);
    this.#pasted.push(line);
    clearTimeout(this.#gap);
    this.#gap = setTimeout(() => {
      // The rest of the last line waits for Enter, and the others with it.
      if (this.#readline.line === '') this.#flush();
    }, PASTE_GAP_MS);
  }

  #flush(): void {
    if (this.#pasted.length === 0) return;
    const text = this.#pasted.join('\n');
    this.#pasted = [];
    this.#give(text);
  }

  #give(text: string): void {
    this.#texts.push(text);
    this.#wake();
  }

  #end(): void {
    clearTimeout(this.#gap);
    this.#flush();
    this.#isEnded = true;
    this.#wake();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#wake = wake;
    signal.addEventListener('abort', wake);
    await promise;
    signal.removeEventListener('abort', wake);
  }
}
