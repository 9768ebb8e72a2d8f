import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { projectRoot } from '../docker/engine.ts';

export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program as a process of its own. */
export class RunningCommand {
  readonly ended: Promise<CommandEnd>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  /** Without `hasInput` its standard input is empty; with it, open until the program ends. */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
    { hasInput = false } = {},
  ) {
    this.#child = spawn(process.execPath, [join(projectRoot, 'src', 'main.ts'), ...args], {
      env: { ...env },
      stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.ended = this.#wait();
  }

  /** Resolves with the next line of standard output that matches; rejects when the program ends first. */
  waitForLine(pattern: RegExp): Promise<string> {
    return this.#waitForLine(this.#child.stdout, pattern);
  }

  /** As `waitForLine`, of the log. */
  waitForLog(pattern: RegExp): Promise<string> {
    return this.#waitForLine(this.#child.stderr, pattern);
  }

  /** Resolves when standard input has taken the text. */
  async write(text: string): Promise<void> {
    const { stdin } = this.#child;
    if (stdin === null) throw new Error('the program has no input');
    await new Promise((resolve) => stdin.write(text, resolve));
  }

  async #waitForLine(output: Readable | null, pattern: RegExp): Promise<string> {
    if (output === null) throw new Error('the output is not piped');
    for await (const line of createInterface({ input: output })) {
      if (pattern.test(line)) return line;
    }
    throw new Error(`ended without a line like ${pattern}: ${this.#stdout}${this.#stderr}`);
  }

  /** Reads no more of standard output, as `head` does when it has enough. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** For a test that failed before it ended the program itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  async #wait(): Promise<CommandEnd> {
    await once(this.#child, 'close');
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
  }
}

export function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommandEnd> {
  return new RunningCommand(args, env).ended;
}
