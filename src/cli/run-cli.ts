import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { BackupError } from '../backup/backup-error.ts';
import { UnsafeEndpointError } from '../channels/whatsapp/endpoint.ts';
import { ConfigError } from '../config.ts';
import { EngineUnreachableError, ImageBuildError } from '../containers/docker-errors.ts';
import { terminalText } from '../core/terminal-text.ts';
import { InstanceLockedError } from '../db/instance-lock.ts';
import { NewerSchemaError } from '../db/migrate.ts';
import { BrokenRegistrationsError } from '../registrations/registrations.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command to its end. Never rejects: whatever goes wrong becomes one message on stderr and the exit
 * code. `argv` is `process.argv`.
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(context, (end) => {
    code = end;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return reportError(error, context);
  }
}

function reportError(error: unknown, context: CliContext): ExitCode {
  // commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (isInterruption(error, context.signal)) return EXIT.interrupted;
  const expected = expectedExitCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (expected === undefined) reportUnexpected(error, message, context);
  else context.stderr(`${escapeLines(message)}\n`);
  return expected ?? EXIT.failed;
}

/** For errors whose message already says what to do. */
function expectedExitCode(error: unknown): ExitCode | undefined {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof ConfigError || error instanceof UnsafeEndpointError) return EXIT.usage;
  if (error instanceof InstanceLockedError) return EXIT.hostRunning;
  if (error instanceof NewerSchemaError || error instanceof BackupError) return EXIT.failed;
  if (error instanceof EngineUnreachableError || error instanceof ImageBuildError) {
    return EXIT.notReady;
  }
  if (error instanceof BrokenRegistrationsError) return EXIT.failed;
  // By name: its file loads Baileys, which only `start` and `link` may do, after their preparations.
  if (error instanceof Error && error.name === 'UnreadableCredsError') return EXIT.failed;
  return undefined;
}

function reportUnexpected(error: unknown, message: string, context: CliContext): void {
  const isDebug = ['debug', 'trace'].includes(context.environment['LOG_LEVEL'] ?? '');
  const hint = isDebug ? '' : ' Set LOG_LEVEL=debug to see where.';
  const reason = terminalText(message.split('\n')[0] ?? '').replace(/\.$/, '');
  context.stderr(`Deckhand failed: ${reason}.${hint}\n`);
  if (isDebug) context.stderr(`${escapeLines(inspect(error))}\n`);
}

function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || isAbortError(error));
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function escapeLines(text: string): string {
  return text.split('\n').map(terminalText).join('\n');
}
