import { Command } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import { finishSwap } from '../backup/swap.ts';
import { terminalText } from '../core/terminal-text.ts';
import { addAskCommand } from './ask/command.ts';
import { addBackupCommand } from './backup/command.ts';
import { addChatCommand } from './chat/command.ts';
import { addCompletionCommand } from './completion/command.ts';
import { type CliContext, type Finish, installationPaths } from './context.ts';
import { addDoctorCommand } from './doctor/command.ts';
import { EXIT_CODE_HELP } from './exit-code.ts';
import { addGroupsCommand } from './groups/command.ts';
import { addImportCommand } from './import/command.ts';
import { addLinkCommand } from './link.ts';
import { addLoginCommand } from './login/command.ts';
import { addLogoutCommand } from './logout.ts';
import { addLogsCommand } from './logs/command.ts';
import { addModelsCommand } from './models/command.ts';
import { addRestoreCommand } from './restore/command.ts';
import { addRunsCommand } from './runs/command.ts';
import { addServiceCommand } from './service/command.ts';
import { addSetupCommand } from './setup/command.ts';
import { addSimulateCommand } from './simulate/command.ts';
import { addStartCommand } from './start.ts';
import { addStatusCommand } from './status/command.ts';
import { addTasksCommand } from './tasks/command.ts';
import { addWhyCommand } from './why/command.ts';

/** Columns of the help when nobody has said otherwise. */
const HELP_WIDTH = 80;

/**
 * The whole command line. A command reports its end through `finish`, or throws; nothing here ends the
 * process.
 */
export function createProgram(context: CliContext, finish: Finish): Command {
  const program = new Command('deckhand')
    .description('A WhatsApp group assistant whose agents live in containers.')
    .version(packageFile.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', EXIT_CODE_HELP)
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      outputError: (text, write) => write(sentence(text)),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    // Until that is done the installation has no state that a command could read or change.
    .hook('preAction', async () => void (await finishSwap(installationPaths(context).home)))
    .exitOverride();
  addSetupCommand(program, context, finish);
  addLinkCommand(program, context, finish);
  addLoginCommand(program, context, finish);
  addLogoutCommand(program, context, finish);
  addStartCommand(program, context, finish);
  addAskCommand(program, context, finish);
  addChatCommand(program, context, finish);
  addSimulateCommand(program, context, finish);
  addImportCommand(program, context, finish);
  addGroupsCommand(program, context, finish);
  addTasksCommand(program, context, finish);
  addModelsCommand(program, context, finish);
  addStatusCommand(program, context, finish);
  addWhyCommand(program, context, finish);
  addRunsCommand(program, context, finish);
  addLogsCommand(program, context, finish);
  addDoctorCommand(program, context, finish);
  addServiceCommand(program, context, finish);
  addBackupCommand(program, context, finish);
  addRestoreCommand(program, context, finish);
  addCompletionCommand(program, context, finish);
  pointToHelp(program, 'deckhand');
  return program;
}

/** Every complaint about arguments ends with the help of the command that was meant. */
function pointToHelp(command: Command, name: string): void {
  command.showHelpAfterError(`Run \`${name} --help\` to see what it takes.`);
  for (const child of command.commands) pointToHelp(child, `${name} ${child.name()}`);
}

/** commander's `error: unknown option '--x'\n(Did you mean --y?)` as one line. */
function sentence(text: string): string {
  const [first = '', ...rest] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const main = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, '')}.`;
  const hints = rest.map((line) => line.replace(/^\((.*)\)$/, '$1'));
  return `${[main, ...hints].map(terminalText).join(' ')}\n`;
}
