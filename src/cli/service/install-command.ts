import type { Command } from 'commander';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import { describeState } from './describe-state.ts';
import { type InstalledService, type InstallOptions, installService } from './install.ts';

export function addInstallCommand(service: Command, context: CliContext, finish: Finish): void {
  service
    .command('install')
    .summary('start the host at login and after a failure')
    .description(
      'Installs the service of this installation, or brings it up to date, and starts it. Shows what changed.',
    )
    .option('--name <name>', 'another name than the one made from the folder')
    .option('--console', 'serve the web console too')
    .option('--no-start', 'install only; the next login starts it')
    .option('--json', 'print as JSON')
    .action(async ({ json, ...options }: InstallOptions & { json?: boolean }) => {
      const installed = await installService(context, options);
      if (json) writeJson(context, installed);
      else context.stdout(renderInstalled(installed, options.start !== false));
      finish(options.start === false ? EXIT.ok : exitCodeOf(installed));
    });
}

function renderInstalled(installed: InstalledService, isStarted: boolean): string {
  const { name, path, change, changes, state, notes } = installed;
  const heads = { created: 'Installed', updated: 'Updated', unchanged: 'Nothing to change in' };
  const paragraphs = [
    `${heads[change]} ${name}:`,
    `  ${path}`,
    ...changes.map((line) => `  ${line}`),
    ...(isStarted ? wrapText(`The service is ${describeState(state)}.`, LINE_WIDTH) : []),
    ...notes.flatMap((note) => ['', ...wrapText(note, LINE_WIDTH)]),
  ];
  return `${paragraphs.join('\n')}\n`;
}

/** A host that ended with a code of its own says by it what is missing. */
function exitCodeOf({ state }: InstalledService): ExitCode {
  if (state.status === 'running' || state.status === 'starting') return EXIT.ok;
  return 'exitCode' in state && state.exitCode === EXIT.notReady ? EXIT.notReady : EXIT.failed;
}
