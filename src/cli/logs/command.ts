import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { terminalJson } from '../../core/terminal-text.ts';
import { parseLogLine } from '../../host-log/log-entry.ts';
import { followLog, readLog } from '../../host-log/read-log.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, hasColours, installationPaths } from '../context.ts';
import { readCount } from '../count-option.ts';
import { EXIT } from '../exit-code.ts';
import { readKnownGroups } from '../known-groups.ts';
import { LEVEL_NAMES, levelNumber, readSince } from './options.ts';
import { renderLine } from './render.ts';
import { isEverything, isSelected, type Selection } from './selection.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly lines: string;
  readonly level?: string;
  readonly since?: string;
  readonly run?: string;
  readonly json?: boolean;
}

export function addLogsCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('logs')
    .summary("show the host's log")
    .description(
      'Shows what the host has logged, the newest last; works while it is up or down. LOG_LEVEL decides what is ' +
        `logged at all. Exit code ${EXIT.notReady}: there is no log yet.`,
    )
    .option('-f, --follow', 'go on with what the host adds, until Ctrl-C')
    .option('--lines <count>', 'how many lines', '100')
    .option('--level <level>', `leave out what is below ${LEVEL_NAMES.join(', ')}`)
    .option('--since <time>', 'leave out what is older: 30s, 10m, 2h, 3d, or a time')
    .option('--run <id>', 'only what belongs to this run; the beginning of its id is enough')
    .option('--json', 'print the lines as they are, one JSON object each')
    .action(async (options: LogsOptions) => {
      await showLog(context, options);
      finish(EXIT.ok);
    });
}

async function showLog(context: CliContext, options: LogsOptions): Promise<void> {
  const limit = readCount('--lines', options.lines);
  const selection = readSelection(options, context.now());
  const { logs } = installationPaths(context);
  if (!existsSync(logs)) {
    throw new CliError(EXIT.notReady, 'There is no log yet; `deckhand start` writes it.');
  }
  const print = await createPrinter(context, options);
  const reads = options.follow ? followLog(logs, context.signal) : readLog(logs);
  const newest: string[] = [];
  let isCaughtUp = false;
  let isAnyFound = false;
  for await (const read of reads) {
    if (read.type === 'caught_up') {
      isAnyFound = newest.length > 0;
      newest.splice(0).slice(-limit).forEach(print);
      isCaughtUp = true;
    } else if (isSelected(read.line, selection)) {
      if (isCaughtUp) print(read.line);
      else keepNewest(newest, read.line, limit);
    }
  }
  if (!isAnyFound && !options.follow) context.stderr(nothingFound(selection));
}

function nothingFound(selection: Selection): string {
  return isEverything(selection)
    ? 'The log is empty; a host that runs writes it: `deckhand start`.\n'
    : 'No line of the log fits. Without --level, --since and --run all are shown.\n';
}

function keepNewest(newest: string[], line: string, limit: number): void {
  newest.push(line);
  // Not one by one: each time all others would move.
  if (newest.length >= 2 * limit) newest.splice(0, newest.length - limit);
}

function readSelection({ level, since, run }: LogsOptions, now: number): Selection {
  return {
    ...(level !== undefined && { level: levelNumber(level) }),
    ...(since !== undefined && { since: readSince(since, now) }),
    ...(run !== undefined && { run }),
  };
}

async function createPrinter(
  context: CliContext,
  { json }: LogsOptions,
): Promise<(line: string) => void> {
  if (json) {
    return (line) => {
      if (parseLogLine(line) !== undefined) context.stdout(`${terminalJson(line)}\n`);
    };
  }
  const { timeZone } = await readKnownGroups(context);
  const isColoured = hasColours(context);
  return (line) => context.stdout(renderLine(line, timeZone, isColoured));
}
