import type { Command } from 'commander';
import { actOnTask, TASK_ACTIONS, type TaskAction } from '../../task-actions.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { describeTask, taskJson } from './describe.ts';
import { changeTasks, findTask, type TaskStore } from './store.ts';

const SUMMARIES: Readonly<Record<TaskAction, string>> = {
  pause: 'let a task rest until it is resumed',
  resume: 'go on with a paused task, from its next time on',
  cancel: 'end a task for good; its history stays',
  run: 'run a task once now, beside its times; a host that is down does it within an hour or not',
};

const DESCRIPTIONS: Readonly<Record<TaskAction, string>> = {
  pause: 'Lets a task rest until it is resumed. Times that pass meanwhile are not caught up on.',
  resume: 'Goes on with a paused task, from its next time on.',
  cancel: 'Ends a task for good; its history stays.',
  run: 'Runs a task once now, beside its times; a host that is down does it within an hour or not.',
};

/** The commands that do one thing to one task. */
export function addTasksActions(tasks: Command, context: CliContext, finish: Finish): void {
  for (const action of TASK_ACTIONS) {
    tasks
      .command(action)
      .summary(SUMMARIES[action])
      .description(DESCRIPTIONS[action])
      .argument('<id>', 'id of the task')
      .option('--json', 'print the task as JSON')
      .action((id: string, options: { json?: boolean }) => {
        const now = context.now();
        const task = changeTasks(context, (store) => {
          act(store, id, action, now);
          return findTask(store, id);
        });
        if (options.json) writeJson(context, { task: taskJson(task, now) });
        else context.stdout(describeTask(task));
        finish(EXIT.ok);
      });
  }
}

function act(store: TaskStore, id: string, action: TaskAction, now: number): void {
  const acted = actOnTask(store, findTask(store, id), action, now);
  if (acted.status === 'done') return;
  throw new CliError(acted.status === 'busy' ? EXIT.failed : EXIT.usage, acted.reason);
}
