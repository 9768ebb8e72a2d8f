import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { describeRun } from './describe.ts';
import { findTask, readTasks } from './store.ts';

export function addTasksHistoryCommand(tasks: Command, context: CliContext, finish: Finish): void {
  tasks
    .command('history')
    .summary('show the runs of a task, newest first')
    .description(
      'Shows what became of the times of a task: outcome, duration, tokens of all attempts, reason.',
    )
    .argument('<id>', 'id of the task')
    .option('--limit <count>', 'how many', '20')
    .option('--json', 'print as JSON')
    .action((id: string, options: { limit: string; json?: boolean }) => {
      const limit = readLimit(options.limit);
      const { task, runs } = readTasks(context, (store) => ({
        task: findTask(store, id),
        runs: store.taskRuns.history(id, limit),
      }));
      if (options.json) writeJson(context, { runs });
      else
        context.stdout(runs.map((run) => describeRun(run, task)).join('') || 'It has not run.\n');
      finish(EXIT.ok);
    });
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new CliError(EXIT.usage, '--limit is a whole number from 1 to 999999.');
}
