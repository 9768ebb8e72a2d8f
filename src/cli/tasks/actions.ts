import type { Command } from 'commander';
import { nextSlot, type Task } from '../../core/task.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { describeTask, taskJson } from './describe.ts';
import { changeTasks, findTask, type TaskStore } from './store.ts';

type Act = (store: TaskStore, task: Task, now: number) => void;

const ACTIONS: readonly { name: string; summary: string; act: Act }[] = [
  {
    name: 'pause',
    summary: 'let a task rest until it is resumed',
    act: ({ tasks }, { id }, now) => tasks.setStatus(id, { status: 'paused' }, now),
  },
  {
    name: 'resume',
    summary: 'go on with a paused task, from its next time on',
    act: resume,
  },
  {
    name: 'cancel',
    summary: 'end a task for good; its history stays',
    act: ({ tasks }, { id }, now) => tasks.setStatus(id, { status: 'cancelled' }, now),
  },
  {
    name: 'run',
    summary:
      'run a task once now, beside its times; a host that is down does it within an hour or not',
    act: runNow,
  },
];

/** The commands that do one thing to one task. */
export function addTasksActions(tasks: Command, context: CliContext, finish: Finish): void {
  for (const { name, summary, act } of ACTIONS) {
    tasks
      .command(name)
      .summary(summary)
      .argument('<id>', 'id of the task')
      .option('--json', 'print the task as JSON')
      .action((id: string, options: { json?: boolean }) => {
        const now = context.now();
        const task = changeTasks(context, (store) => {
          act(store, findOpenTask(store, id), now);
          return findTask(store, id);
        });
        if (options.json) writeJson(context, { task: taskJson(task, now) });
        else context.stdout(describeTask(task));
        finish(EXIT.ok);
      });
  }
}

function findOpenTask(store: TaskStore, id: string): Task {
  const task = findTask(store, id);
  if (task.status === 'active' || task.status === 'paused') return task;
  throw new CliError(EXIT.usage, `The task is ${task.status} for good. Add a new one.`);
}

function resume({ tasks }: TaskStore, task: Task, now: number): void {
  if (task.status === 'active') return;
  const nextRunAt = nextSlot(task, now);
  if (nextRunAt === undefined) {
    throw new CliError(EXIT.usage, 'Its time has passed. Cancel it and add a new one.');
  }
  tasks.setStatus(task.id, { status: 'active', nextRunAt }, now);
}

function runNow({ taskRuns }: TaskStore, { id }: Task, now: number): void {
  if (taskRuns.runNow(id, now)) return;
  throw new CliError(EXIT.failed, 'A run of this task is going on or waits already.');
}
