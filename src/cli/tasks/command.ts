import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { addTasksActions } from './actions.ts';
import { addTasksAddCommand } from './add.ts';
import { addTasksHistoryCommand } from './history.ts';
import { addTasksListCommand } from './list.ts';
import { addTasksShowCommand } from './show.ts';

export function addTasksCommand(program: Command, context: CliContext, finish: Finish): void {
  const tasks = program
    .command('tasks')
    .summary('show and change scheduled tasks')
    .description(
      'Shows and changes the scheduled tasks of all groups, while the host is up or down. A running host ' +
        'follows by itself.',
    );
  addTasksListCommand(tasks, context, finish);
  addTasksShowCommand(tasks, context, finish);
  addTasksAddCommand(tasks, context, finish);
  addTasksActions(tasks, context, finish);
  addTasksHistoryCommand(tasks, context, finish);
}
