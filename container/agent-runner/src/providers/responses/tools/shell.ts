import { z } from 'zod';
import { runProgram } from '../../../run-process.ts';
import type { ToolOutcome } from '../../../tools/outcome.ts';
import { type AgentTool, defineAgentTool } from './agent-tool.ts';
import { CappedOutput } from './capped-output.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 600_000;
/** Linux takes no longer argument than 128 KiB. */
const MAX_COMMAND_CHARS = 100_000;

export interface ShellSurroundings {
  readonly cwd: string;
  /** No secrets: the model reads it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs bash in the group's folder. Whatever the command started ends with it. */
export function createShellTool(surroundings: ShellSurroundings): AgentTool {
  return defineAgentTool({
    name: 'shell',
    description:
      'Runs a bash command in your working folder and returns its output. What it leaves running in the background is ended with it.',
    shape: {
      command: z.string().min(1).max(MAX_COMMAND_CHARS),
      timeout_ms: z
        .int()
        .min(1)
        .max(MAX_TIMEOUT_MS)
        .optional()
        .describe(`Longest time; ${DEFAULT_TIMEOUT_MS} when left out.`),
    },
    isReadOnly: false,
    run: ({ command, timeout_ms: timeoutMs = DEFAULT_TIMEOUT_MS }, signal) =>
      runCommand(command, timeoutMs, surroundings, signal),
  });
}

async function runCommand(
  command: string,
  timeoutMs: number,
  { cwd, env }: ShellSurroundings,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const output = new CappedOutput();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  // On a line of its own: an error in the command's syntax goes the same way, in order with its output.
  const script = `exec 2>&1\n${command}`;
  // Bash takes a socket on its stdin for a remote login, and would read the agent's own .bashrc.
  const program = { binary: 'bash', args: ['--norc', '-c', script], env, cwd, input: '' };
  try {
    const end = await runProgram(
      { ...program, isKilledAtOnce: true },
      (chunk) => output.push(chunk),
      AbortSignal.any([signal, limit.signal]),
    );
    const how = limit.signal.aborted
      ? `killed after ${timeoutMs} ms`
      : `exit code ${end.exitCode ?? end.signal}`;
    return { text: `[${how}]\n${output.end()}`, isError: end.exitCode !== 0 };
  } finally {
    clearTimeout(timer);
  }
}
