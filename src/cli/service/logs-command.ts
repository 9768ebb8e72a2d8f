import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { terminalText } from '../../core/terminal-text.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findManager } from './find-manager.ts';
import type { LogRequest } from './manager.ts';
import { chooseName } from './plan.ts';
import { runProgram } from './run-program.ts';

const MOST_LINES = 100_000;

interface LogOptions extends LogRequest {
  readonly name?: string;
}

export function addLogsCommand(service: Command, context: CliContext, finish: Finish): void {
  service
    .command('logs')
    .summary('show what the service has written')
    .description(
      'Shows what the service has written and what its manager says about it: starts, ends, restarts.',
    )
    .option('-f, --follow', 'go on as more is written', false)
    .option('-n, --lines <count>', 'how many of the last lines', parseCount, 100)
    .option('--name <name>', 'another name than the one made from the folder')
    .option('--json', 'one JSON object a line, where the manager has them', false)
    .action(async (options: LogOptions) => {
      await printLogs(context, options, process.platform);
      finish(EXIT.ok);
    });
}

export async function printLogs(
  context: CliContext,
  options: LogOptions,
  platform: NodeJS.Platform,
): Promise<void> {
  const name = chooseName(context, options.name);
  const [program, ...args] = findManager(context, platform).logProgram(name, options);
  const lines = createLineWriter(context);
  const { environment, signal } = context;
  const end = await runProgram(program, args, {
    environment,
    signal,
    onOutput: (chunk) => lines.add(chunk),
  });
  lines.end();
  if (end.status === 'missing') {
    throw new CliError(EXIT.failed, `There is no \`${program}\` on this system’s search path.`);
  }
  const isThere = !/no such file/i.test(end.stderr);
  if (end.code !== 0 && isThere) throw new CliError(EXIT.failed, explain(program, end.stderr));
  if (!lines.hasWritten()) context.stderr(nothingYet(name));
}

function nothingYet(name: string): string {
  return `${name} has written nothing yet, or nothing was kept. \`deckhand service status\` says whether it runs.\n`;
}

function explain(program: string, stderr: string): string {
  const reason = (stderr.trim().split('\n')[0] ?? '').replace(/\.$/, '');
  return `\`${program}\` could not show the log: ${reason || 'it gave no reason'}.`;
}

/** What the host writes can hold names that others have chosen: no line may steer the terminal. */
function createLineWriter({ stdout }: CliContext) {
  let rest = '';
  let count = 0;
  const write = (line: string) => {
    count += 1;
    stdout(`${terminalText(line)}\n`);
  };
  return {
    add(chunk: string): void {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) write(line);
    },
    end(): void {
      if (rest !== '') write(rest);
    },
    hasWritten: () => count > 0,
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_LINES) return count;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${MOST_LINES}.`);
}
