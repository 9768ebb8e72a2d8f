import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { listSlots, type Task } from '../../core/task.ts';
import { nameTask } from '../../core/task-notice.ts';
import { createTaskRuns, type TaskRun } from '../../db/task-runs.ts';
import { createTasks } from '../../db/tasks.ts';
import {
  type ConsoleView,
  notServing,
  type PageContent,
  renderOfHost,
  renderPage,
  renderProblem,
} from '../console-view.ts';
import { stateBadge } from '../html/badge.ts';
import { type Html, live } from '../html/layout.ts';
import { factList, table } from '../html/table.ts';
import { localTime } from '../html/time.ts';
import { formatCount } from '../html/token-plot.ts';
import type { ServingHost } from '../ports.ts';
import { taskForms } from './task-forms.ts';

const HISTORY_LENGTH = 20;

export function addTaskPages(app: Hono, view: ConsoleView): void {
  app.get('/tasks', (c) => renderOfHost(c, view, 'Tasks', taskList));
  app.get('/tasks/:id', (c) => renderTask(c, view, c.req.param('id')));
}

/** `complaint` says why what was asked for was not done. */
export function renderTask(
  c: Context,
  view: ConsoleView,
  id: string,
  complaint?: string,
): Response | Promise<Response> {
  const { host } = view.state();
  if (host === undefined) return renderPage(c, view, notServing('Task'));
  const task = createTasks(host.db).find(id);
  if (task === undefined) {
    return renderProblem(c, 404, 'No such task', 'There is no task with this id.');
  }
  const runs = createTaskRuns(host.db).history(id, HISTORY_LENGTH);
  const page = oneTask(task, runs, view.deps.now(), complaint);
  return renderPage(c, view, complaint === undefined ? page : { ...page, status: 409 });
}

function taskList({ db, registrations }: ServingHost): PageContent {
  const tasks = createTasks(db).list();
  const body = table({
    caption: 'Scheduled tasks',
    columns: ['Task', 'Group', 'When', 'Next', 'State'],
    rows: tasks.map((task) => [
      html`<a href="/tasks/${task.id}">${nameTask(task)}</a>`,
      registrations.byFolder(task.folder)?.name ?? task.folder,
      `${task.scheduleType} ${task.scheduleValue}`,
      task.nextRunAt === null ? '–' : localTime(task.nextRunAt, task.timeZone),
      stateBadge(task.status),
    ]),
    empty:
      'No task is scheduled. Ask the assistant for one in its group, or use `deckhand tasks add`.',
  });
  return { title: 'Tasks', body: live('tasks', 'tasks', body) };
}

function oneTask(
  task: Task,
  runs: readonly TaskRun[],
  now: number,
  complaint: string | undefined,
): PageContent {
  const { timeZone, statusReason } = task;
  const state = html`${stateBadge(task.status)}${statusReason === null ? '' : ` ${statusReason}`}`;
  const facts = factList([
    ['State', state],
    ['Group', html`<a href="/groups/${task.folder}">${task.folder}</a>`],
    ['When', `${task.scheduleType} ${task.scheduleValue}`],
    ['Time zone', timeZone],
    ['Conversation', task.contextMode === 'group' ? "the group's" : 'its own'],
  ]);
  return {
    title: `Task ${nameTask(task)}`,
    body: html`${complaint === undefined ? '' : html`<p class="complaint" role="alert">${complaint}</p>`}
${live('task', 'tasks', html`${facts}${taskForms(task)}${nextTimes(task, now)}`)}
<section aria-labelledby="prompt-title"><h2 id="prompt-title">What it does</h2><pre>${task.prompt}</pre>
${task.script === undefined ? '' : html`<h3>Script before it</h3><pre>${task.script}</pre>`}</section>
${live('history', 'tasks runs', history(runs, timeZone))}`,
  };
}

function nextTimes(task: Task, now: number): Html {
  if (task.status !== 'active') return html``;
  return html`<section aria-labelledby="next-title"><h2 id="next-title">Next times</h2>
<ol class="plain">${listSlots(task, now).map((at) => html`<li>${localTime(at, task.timeZone)}</li>`)}</ol></section>`;
}

function history(runs: readonly TaskRun[], timeZone: string): Html {
  return html`<section>${table({
    caption: 'History',
    columns: ['Time', 'Outcome', 'Tokens', 'Reason'],
    rows: runs.map((run) => [
      run.runId === null
        ? localTime(run.scheduledFor, timeZone)
        : html`<a href="/runs/${run.runId}">${localTime(run.scheduledFor, timeZone)}</a>`,
      stateBadge(run.state),
      formatCount(run.tokens),
      run.reason ?? '',
    ]),
    empty: 'It has not run.',
  })}</section>`;
}
