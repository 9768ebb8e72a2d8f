import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { addLoginClaudeCommand } from './claude.ts';
import { addLoginCodexCommand } from './codex.ts';
import { addLoginStatusCommand } from './status.ts';

export function addLoginCommand(program: Command, context: CliContext, finish: Finish): void {
  const login = program
    .command('login')
    .summary('sign in with the providers of models')
    .description(
      'Signs in with the providers of models, while the host is up or down. What is stored never leaves the ' +
        'host but for what a run needs. A running host follows by itself.',
    );
  addLoginCodexCommand(login, context, finish);
  addLoginClaudeCommand(login, context, finish);
  addLoginStatusCommand(login, context, finish);
}
