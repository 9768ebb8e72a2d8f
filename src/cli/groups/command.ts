import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { addGroupsAddCommand } from './add.ts';
import { addGroupsListCommand } from './list.ts';
import { addGroupsRemoveCommand } from './remove.ts';
import { addGroupsSetCommand } from './set.ts';

export function addGroupsCommand(program: Command, context: CliContext, finish: Finish): void {
  const groups = program
    .command('groups')
    .summary('register chats and change their settings')
    .description('Registers chats and changes their settings. A running host follows by itself.');
  addGroupsAddCommand(groups, context, finish);
  addGroupsListCommand(groups, context, finish);
  addGroupsSetCommand(groups, context, finish);
  addGroupsRemoveCommand(groups, context, finish);
}
