import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { addInstallCommand } from './install-command.ts';
import { addLogsCommand } from './logs-command.ts';
import { addStatusCommand } from './status-command.ts';
import { superviseStart } from './supervise.ts';
import { addUninstallCommand } from './uninstall-command.ts';
import { waitForDocker } from './wait-for-docker.ts';

export function addServiceCommand(program: Command, context: CliContext, finish: Finish): void {
  const service = program
    .command('service')
    .summary('keep the host running: systemd or launchd')
    .description(
      'Keeps the host running, from login on and after a failure, with systemd’s manager of the user (Linux) or ' +
        'launchd (macOS).',
    );
  addInstallCommand(service, context, finish);
  addStatusCommand(service, context, finish);
  addLogsCommand(service, context, finish);
  addUninstallCommand(service, context, finish);
  addInnerCommands(service, context, finish);
}

/** What definitions call. */
function addInnerCommands(service: Command, context: CliContext, finish: Finish): void {
  service
    .command('wait', { hidden: true })
    .description('Waits until Docker answers, for some minutes at most.')
    .action(async () => {
      await waitForDocker(context);
      finish(EXIT.ok);
    });
  service
    .command('run', { hidden: true })
    .description('Waits for Docker and runs the host as a child, for launchd.')
    .option('--console', 'serve the web console too')
    .action(async (options: { console?: boolean }) => {
      await waitForDocker(context);
      finish(await superviseStart(context, options.console ? ['--console'] : []));
    });
}
