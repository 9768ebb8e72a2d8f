import type { Command } from 'commander';
import { ConfigError } from '../../config.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readStatus, type Status } from './read.ts';
import { renderStatus } from './render.ts';

export function addStatusCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('status')
    .summary('show what the host is doing')
    .description(
      'Shows whether the host is running, as whom it is linked, and what the groups are doing. Works while ' +
        `the host is down. Exit code ${EXIT.notReady}: not linked, or WhatsApp has ended the link; ${EXIT.failed}: not everything could be read.`,
    )
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }) => {
      const status = await readStatus(context);
      if (options.json) writeJson(context, status);
      else context.stdout(renderStatus(status, context.now(), zoneOf(context)));
      finish(exitCodeOf(status));
    });
}

/** Status works with a configuration that cannot be read, too. */
function zoneOf(context: CliContext): string {
  try {
    return context.loadConfig().timeZone;
  } catch (error) {
    if (error instanceof ConfigError) return 'UTC';
    throw error;
  }
}

function exitCodeOf(status: Status): ExitCode {
  if (status.problems.length > 0 || status.link.status === 'damaged') return EXIT.failed;
  return status.link.status === 'linked' && status.linkEnd === null ? EXIT.ok : EXIT.notReady;
}
