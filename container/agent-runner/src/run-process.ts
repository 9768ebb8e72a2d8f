import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { LineSplitter } from '@deckhand/protocol';
import { signalGroup } from './process-group.ts';

/** How long a stopped CLI may take to end its commands (it needs about 40 ms) before it is killed. */
const KILL_GRACE_MS = 2000;
/** How long output may trail the end of the process; a command it left behind may hold the pipe. */
const DRAIN_GRACE_MS = 500;
const MAX_STDERR_CHARS = 8000;

export interface ProcessCommand {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string;
  /** Killed with its group as soon as the signal aborts, without time to end by itself. */
  readonly isKilledAtOnce?: true;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last part of what it wrote to stderr. */
  readonly stderr: string;
}

/**
 * Stops in order: SIGINT to the process, which ends its commands itself, then SIGKILL to the group. The
 * group is killed after every end, so that nothing of the run lives on.
 */
function stopOnAbort(child: ChildProcess, graceMs: number, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    if (graceMs === 0) return signalGroup(child, 'SIGKILL');
    child.kill('SIGINT');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
    signalGroup(child, 'SIGKILL');
  };
}

function collectStderr(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MAX_STDERR_CHARS);
  });
  return () => text;
}

/** Resolves when the program has ended and its output is read, or the grace for that is over. */
async function waitForEnd(child: ChildProcess, onExit: () => void): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    onExit();
    late = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, DRAIN_GRACE_MS);
  });
  try {
    await once(child, 'close');
  } finally {
    clearTimeout(late);
  }
}

/** Runs a program to its end and hands on its lines. Rejects when it cannot be started. */
export async function runProcess(
  command: ProcessCommand,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  const lines = new LineSplitter(onLine, () => undefined);
  const end = await runProgram(command, (chunk) => lines.push(chunk), signal);
  lines.end();
  return end;
}

/** Runs a program to its end and hands on its output as it comes. Rejects when it cannot be started. */
export async function runProgram(
  command: ProcessCommand,
  onOutput: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  const child = spawn(command.binary, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: 'pipe',
    detached: true,
  });
  const readStderr = collectStderr(child);
  child.stdout.on('data', onOutput);
  // A program that ends before it read its input says why elsewhere.
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(command.input);
  const release = stopOnAbort(child, command.isKilledAtOnce ? 0 : KILL_GRACE_MS, signal);
  await waitForEnd(child, release);
  return { exitCode: child.exitCode, signal: child.signalCode, stderr: readStderr() };
}
