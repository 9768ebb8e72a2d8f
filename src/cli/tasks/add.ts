import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { RegisteredGroup } from '../../core/group.ts';
import { MAX_TASKS_PER_GROUP, planTask, type Task, type TaskInput } from '../../core/task.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findGroup, loadGroups } from '../groups/registry.ts';
import { describeNextRuns, describeTask, taskJson } from './describe.ts';
import { changeTasks, findTask, type TaskStore } from './store.ts';

interface AddOptions {
  readonly prompt: string;
  readonly cron?: string;
  readonly every?: string;
  readonly at?: string;
  readonly isolated?: boolean;
  readonly script?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addTasksAddCommand(tasks: Command, context: CliContext, finish: Finish): void {
  tasks
    .command('add')
    .summary('schedule a task')
    .description("Schedules a task for a group. Times are those of the group's zone.")
    .argument('<group>', 'folder or JID of the group')
    .requiredOption('--prompt <text>', 'what the agent is to do')
    .option('--cron <expression>', 'when: minute, hour, day of month, month, day of week')
    .option('--every <interval>', 'when: 30m, 2h, 7d; at least one minute')
    .option('--at <time>', 'when: once, such as 2026-11-21T14:30')
    .option('--isolated', "without the group's conversation")
    .option(
      '--script <file>',
      'bash script that decides before each run whether the agent is needed',
    )
    .option('--dry-run', 'check it and show the next times, and schedule nothing')
    .option('--json', 'print the task as JSON')
    .action(async (wanted: string, options: AddOptions) => {
      const group = findGroup(await loadGroups(context), wanted);
      const { plan, nextRuns } = planFor(context, group, options);
      const draft: Task = { ...plan, ...newTask(group, nextRuns[0] ?? null, context.now()) };
      const task = options.dryRun ? draft : changeTasks(context, (store) => insert(store, draft));
      const now = context.now();
      if (options.json) writeJson(context, { task: taskJson(task, now) });
      else context.stdout(`${describeTask(task)}${describeNextRuns(task, now)}`);
      finish(EXIT.ok);
    });
}

function planFor(context: CliContext, group: RegisteredGroup, options: AddOptions) {
  const input = readInput(options);
  const timeZone = group.timeZone ?? context.loadConfig().timeZone;
  const planned = planTask(input, { now: context.now(), timeZone });
  if (!planned.ok) throw new CliError(EXIT.usage, `Nothing was scheduled: ${planned.error}`);
  return planned;
}

function readInput({ prompt, cron, every, at, isolated, script }: AddOptions): TaskInput {
  const given = [
    ...(cron === undefined ? [] : [{ scheduleType: 'cron', scheduleValue: cron } as const]),
    ...(every === undefined ? [] : [{ scheduleType: 'interval', scheduleValue: every } as const]),
    ...(at === undefined ? [] : [{ scheduleType: 'once', scheduleValue: at } as const]),
  ];
  const [schedule, second] = given;
  if (schedule === undefined || second !== undefined) {
    throw new CliError(EXIT.usage, 'Say when with one of --cron, --every and --at.');
  }
  return {
    prompt,
    ...schedule,
    contextMode: isolated ? 'isolated' : 'group',
    ...(script === undefined ? {} : { script: readScript(script) }),
  };
}

function readScript(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(EXIT.usage, `The script ${path} cannot be read.`, { cause: error });
  }
}

function newTask(group: RegisteredGroup, nextRunAt: number | null, now: number) {
  return {
    id: `task-${randomBytes(6).toString('hex')}`,
    folder: group.folder,
    chatJid: group.jid,
    status: 'active',
    statusReason: null,
    nextRunAt,
    failures: 0,
    createdBy: 'cli',
    createdAt: now,
  } as const;
}

function insert(store: TaskStore, task: Task): Task {
  if (store.tasks.countOpen(task.folder) >= MAX_TASKS_PER_GROUP) {
    const text = `The group has ${MAX_TASKS_PER_GROUP} tasks, which is all it may have. Cancel one first.`;
    throw new CliError(EXIT.failed, text);
  }
  const { id, folder, chatJid, createdBy, nextRunAt, createdAt } = task;
  if (nextRunAt === null) throw new Error('a planned task has no next run');
  store.tasks.insert(task, { id, folder, chatJid, createdBy, nextRunAt, now: createdAt });
  return findTask(store, id);
}
