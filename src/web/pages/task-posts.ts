import type { Hono } from 'hono';
import { createTaskRuns } from '../../db/task-runs.ts';
import { createTasks } from '../../db/tasks.ts';
import { actOnTask, TASK_ACTIONS, type TaskActed, type TaskAction } from '../../task-actions.ts';
import { type ConsoleView, notServing, renderPage, renderProblem } from '../console-view.ts';
import type { ServingHost } from '../ports.ts';
import { renderTask } from './tasks.ts';

/** What the buttons of a task do. */
export function addTaskPosts(app: Hono, view: ConsoleView): void {
  for (const action of TASK_ACTIONS) {
    // The address stays on the screen when the action is refused, and is visited again from there.
    app.get(`/tasks/:id/${action}`, (c) => c.redirect(taskPath(c.req.param('id')), 303));
    app.post(`/tasks/:id/${action}`, (c) => {
      const id = c.req.param('id');
      const { host } = view.state();
      if (host === undefined) return renderPage(c, view, notServing('Task'));
      const acted = act(host, id, action, view.deps.now());
      if (acted === undefined) {
        return renderProblem(c, 404, 'No such task', 'There is no task with this id.');
      }
      if (acted.status !== 'done') return renderTask(c, view, id, acted.reason);
      host.onTasksChanged();
      view.changes.note('tasks');
      return c.redirect(taskPath(id), 303);
    });
  }
}

function taskPath(id: string): string {
  return `/tasks/${encodeURIComponent(id)}`;
}

function act(
  { db }: ServingHost,
  id: string,
  action: TaskAction,
  now: number,
): TaskActed | undefined {
  const tasks = createTasks(db);
  const store = { tasks, taskRuns: createTaskRuns(db) };
  return db
    .transaction(() => {
      const task = tasks.find(id);
      return task === undefined ? undefined : actOnTask(store, task, action, now);
    })
    .immediate();
}
