import { once } from 'node:events';
import { watch } from 'chokidar';
import type { Logger } from './logger.ts';

export interface TasksNudgeDeps {
  /** File that another process writes after it has changed the scheduled tasks. */
  readonly path: string;
  readonly onNudge: () => void;
  readonly logger: Logger;
}

/**
 * Tells when another process has changed the tasks. Without the event they are noticed a minute later, when
 * the scheduler looks in any case.
 */
export async function followTasksNudge({
  path,
  onNudge,
  logger,
}: TasksNudgeDeps): Promise<AsyncDisposable> {
  const watcher = watch(path, { ignoreInitial: true, followSymlinks: false });
  watcher.on('add', onNudge).on('change', onNudge);
  watcher.on('error', (err) => logger.warn({ err }, 'changes of tasks are noticed late'));
  await once(watcher, 'ready');
  return { [Symbol.asyncDispose]: () => watcher.close() };
}
