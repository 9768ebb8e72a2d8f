import { existsSync, writeFileSync } from 'node:fs';
import type { Task } from '../../core/task.ts';
import { type Db, openDatabase } from '../../db/database.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { createTaskRuns, type TaskRuns } from '../../db/task-runs.ts';
import { createTasks, type Tasks } from '../../db/tasks.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { noDatabase, readDatabase } from '../database.ts';
import { EXIT } from '../exit-code.ts';

export interface TaskStore {
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
}

/** Reads from the tasks, also while a host is running. */
export function readTasks<T>(context: CliContext, read: (store: TaskStore) => T): T {
  const found = readDatabase(installationPaths(context).database, (db) => ({
    value: read(openStore(db)),
  }));
  if (found === undefined) throw noDatabase();
  return found.value;
}

/** Changes the tasks in one transaction and tells a running host. */
export function changeTasks<T>(context: CliContext, change: (store: TaskStore) => T): T {
  const { database, tasksNudge, lock } = installationPaths(context);
  // Before it is opened for writing: a schema of another version is for the host to deal with.
  if (!existsSync(database) || readDatabase(database, () => true) === undefined) throw noDatabase();
  const db = openDatabase(database);
  try {
    const store = openStore(db);
    const changed = db.transaction(() => change(store)).immediate();
    if (isHostRunning(lock)) writeFileSync(tasksNudge, `${context.now()}\n`);
    return changed;
  } finally {
    db.close();
  }
}

export function findTask({ tasks }: TaskStore, id: string): Task {
  const task = tasks.find(id);
  if (task !== undefined) return task;
  throw new CliError(EXIT.usage, `There is no task "${id}". \`deckhand tasks list\` shows them.`);
}

function openStore(db: Db): TaskStore {
  return { tasks: createTasks(db), taskRuns: createTaskRuns(db) };
}
