import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { projectRoot } from '../docker/engine.ts';

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the program's process id is kept while it runs. */
  readonly pidFile: string;
  /** The one for `deckhand`; the arguments behind it. */
  readonly args: readonly string[];
}

/** The real program at a terminal of 80 columns, driven by what it shows. */
export class SetupTerminal implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #pidFile: string;
  readonly #ended: Promise<void>;
  readonly #listeners = new Set<() => void>();
  #raw = '';
  #seen = 0;

  constructor({ env, pidFile, args }: TerminalOptions) {
    this.#pidFile = pidFile;
    const words = [process.execPath, join(projectRoot, 'src', 'main.ts'), ...args];
    const program = words.map((word) => `'${word}'`).join(' ');
    const command = `stty cols 80 rows 24; echo $$ > '${pidFile}'; exec ${program}`;
    this.#child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#raw += chunk.toString();
      for (const listener of this.#listeners) listener();
    });
    this.#ended = once(this.#child, 'close').then(() => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** All that was shown, with the control sequences of colours and cursor. */
  get raw(): string {
    return this.#raw;
  }

  /** All that was shown, as lines of plain text. */
  get shown(): string {
    return stripVTControlCharacters(this.#raw).replaceAll('\r', '');
  }

  /** Resolves with the match when it is shown behind what was waited for before; rejects at the program's end. */
  waitFor(pattern: RegExp | string, boundMs = 60_000): Promise<RegExpExecArray> {
    const expression = typeof pattern === 'string' ? new RegExp(RegExp.escape(pattern)) : pattern;
    return new Promise((resolve, reject) => {
      // A bound for what hangs, so that the failure tells what was shown.
      const bound = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`nothing like ${expression}:\n${this.shown}`));
      }, boundMs);
      const look = () => {
        const text = this.shown;
        const found = expression.exec(text.slice(this.#seen));
        if (found === null && this.#child.exitCode === null) return;
        this.#listeners.delete(look);
        clearTimeout(bound);
        if (found === null) return reject(new Error(`ended without ${expression}:\n${text}`));
        this.#seen += found.index + found[0].length;
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Types a line and Enter. */
  enter(line = ''): void {
    this.#child.stdin?.write(`${line}\r`);
  }

  /** Answers a question as soon as it is asked. */
  async answer(question: RegExp | string, line = ''): Promise<void> {
    await this.waitFor(question);
    this.enter(line);
  }

  /** What the key Ctrl-C sends. */
  interrupt(): void {
    this.#child.stdin?.write('\u0003');
  }

  /** Ends the program alone, not its terminal. */
  kill(signal: NodeJS.Signals): void {
    process.kill(Number(readFileSync(this.#pidFile, 'utf8')), signal);
  }

  /** The exit code; 128 and the signal's number for a program that was killed. */
  async end(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.kill('SIGKILL');
    await this.#ended;
  }
}
