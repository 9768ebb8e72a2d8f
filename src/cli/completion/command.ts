import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { describeCommand } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function addCompletionCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('completion')
    .summary('print what makes a shell complete commands')
    .description(
      'Prints a script that makes a shell complete commands, options and groups. For bash:\n' +
        '  source <(deckhand completion bash)\n' +
        'For zsh the same with zsh; for fish: deckhand completion fish | source',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .action((shell: keyof typeof SHELLS) => {
      const script = join(context.projectRoot, 'bin', 'complete-folders.js');
      const folders = { node: process.execPath, script };
      context.stdout(SHELLS[shell](describeCommand(program), folders));
      finish(EXIT.ok);
    });
}
