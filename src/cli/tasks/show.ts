import type { Command } from 'commander';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { describeNextRuns, describeTask, taskJson } from './describe.ts';
import { findTask, readTasks } from './store.ts';

export function addTasksShowCommand(tasks: Command, context: CliContext, finish: Finish): void {
  tasks
    .command('show')
    .summary('show one task with its text and next times')
    .description('Shows one task: when it runs, the next times, its text and its script.')
    .argument('<id>', 'id of the task')
    .option('--json', 'print as JSON')
    .action((id: string, options: { json?: boolean }) => {
      const task = readTasks(context, (store) => findTask(store, id));
      if (options.json) writeJson(context, { task: taskJson(task, context.now()) });
      else {
        const texts = [
          `\n${terminalLines(task.prompt)}\n`,
          ...(task.script === undefined
            ? []
            : [`\nScript before it:\n${terminalLines(task.script)}\n`]),
        ];
        const times = describeNextRuns(task, context.now());
        context.stdout(`${describeTask(task)}${times}${texts.join('')}`);
      }
      finish(EXIT.ok);
    });
}

function terminalLines(text: string): string {
  return text.split('\n').map(terminalText).join('\n');
}
