import { html } from 'hono/html';
import type { Task } from '../../core/task.ts';
import type { TaskAction } from '../../task-actions.ts';
import type { Html } from '../html/layout.ts';

const LABELS: Readonly<Record<TaskAction, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel for good',
  run: 'Run once now',
};

/** The buttons for what can be done with a task as it is. */
export function taskForms(task: Task): Html {
  const offered = offeredFor(task);
  if (offered.length === 0) return html``;
  return html`<div class="actions">${offered.map((action) => html`<form method="post" action="/tasks/${task.id}/${action}"><button id="task-${action}" type="submit" class="${action}">${LABELS[action]}</button></form>`)}</div>`;
}

function offeredFor({ status }: Task): readonly TaskAction[] {
  if (status === 'active') return ['run', 'pause', 'cancel'];
  return status === 'paused' ? ['resume', 'cancel'] : [];
}
