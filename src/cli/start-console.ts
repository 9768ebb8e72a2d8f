import { InvalidArgumentError } from 'commander';
import type { AppOverrides } from '../app/app.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-code.ts';

export const DEFAULT_CONSOLE_PORT = 7788;

/** Of `--console-port`; 0 takes a free one. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It is a whole number from 0 to 65535.');
}

/** Serves with the web console until the signal aborts, also while no phone is linked. */
export async function serveConsole(
  context: CliContext,
  config: Config,
  overrides: AppOverrides & { readonly logger: Logger },
  port: number,
): Promise<void> {
  const { openConsole } = await import('../app/console.ts');
  const { serveWithConsole } = await import('../app/console-serve.ts');
  const { logger } = overrides;
  try {
    await using pages = await openConsole(config, { port, logger });
    context.stdout(describeAddress(context, pages.web, pages.paths.consoleToken));
    await serveWithConsole(config, overrides, pages, context.signal);
  } catch (error) {
    if (isConsoleProblem(error)) throw new CliError(EXIT.failed, error.message, { cause: error });
    throw error;
  }
}

/** What a service prints is kept in logs, which more people may read than the token is for. */
function describeAddress(
  { isTty }: CliContext,
  { address, port }: { readonly address: string; readonly port: number },
  tokenFile: string,
): string {
  if (isTty) return `Console: ${address}\n`;
  return `Console: http://127.0.0.1:${port}/enter?token=… with the token of ${tokenFile}\n`;
}

/** By name: their files load the web server, which nobody needs who does not ask for the console. */
function isConsoleProblem(error: unknown): error is Error {
  return error instanceof Error && ['PortTakenError', 'UnusableTokenError'].includes(error.name);
}
