import { spawn } from 'node:child_process';
import { isErrno } from '../../errno.ts';

export type ProgramEnd =
  | { readonly status: 'missing' }
  /** `code` is 128 + the signal's number for a program that a signal ended, as shells count. */
  | {
      readonly status: 'ended';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };

export interface ProgramOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Gets what the program prints as it comes; `stdout` of the end is empty then. */
  readonly onOutput?: (chunk: string) => void;
}

/** 128 + SIGTERM: which signal it was does not matter to anybody here. */
const KILLED = 143;

/** Runs a program to its end, without a shell and without input. Rejects with an AbortError when aborted. */
export function runProgram(
  program: string,
  args: readonly string[],
  { environment, signal, onOutput }: ProgramOptions,
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment },
      signal,
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (onOutput) onOutput(chunk);
      else written.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (written.stderr += chunk));
    child.once('error', (error) => {
      if (signal.aborted) reject(error);
      else if (isErrno(error, 'ENOENT')) resolve({ status: 'missing' });
      else reject(error);
    });
    child.once('close', (code) => resolve({ status: 'ended', code: code ?? KILLED, ...written }));
  });
}
