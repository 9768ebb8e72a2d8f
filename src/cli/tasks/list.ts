import type { Command } from 'commander';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { describeTask, taskJson } from './describe.ts';
import { readTasks } from './store.ts';

interface ListOptions {
  readonly group?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function addTasksListCommand(tasks: Command, context: CliContext, finish: Finish): void {
  tasks
    .command('list')
    .summary('show the scheduled tasks')
    .description('Shows the tasks that are active or paused.')
    .option('--group <folder>', 'only those of this group')
    .option('--all', 'also those that are done or cancelled')
    .option('--json', 'print as JSON')
    .action((options: ListOptions) => {
      const found = readTasks(context, (store) => store.tasks.list(options.group));
      const shown = options.all
        ? found
        : found.filter(({ nextRunAt, status }) => nextRunAt !== null || status === 'paused');
      const now = context.now();
      if (options.json) writeJson(context, { tasks: shown.map((task) => taskJson(task, now)) });
      else context.stdout(shown.map(describeTask).join('') || 'No task is scheduled.\n');
      finish(EXIT.ok);
    });
}
