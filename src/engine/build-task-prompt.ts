import type { Now } from '../clock.ts';
import type { Task } from '../core/task.ts';
import { encodeTask } from '../core/task-prompt.ts';
import type { Run } from '../db/runs.ts';
import type { TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import { type BuildPromptDeps, buildPrompt, type Prompt } from './build-prompt.ts';

export interface BuildTaskPromptDeps extends BuildPromptDeps {
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly now: Now;
}

export interface TaskPrompt extends Prompt {
  readonly task: Task;
}

/** Encodes a scheduled task, in the context that it asks for. Undefined for a run of another kind. */
export function buildTaskPrompt(deps: BuildTaskPromptDeps, run: Run): TaskPrompt | undefined {
  const slot = deps.taskRuns.ofRun(run.id);
  const task = slot === undefined ? undefined : deps.tasks.find(slot.taskId);
  if (slot === undefined || task === undefined) return undefined;
  const boundary = deps.randomBytes(9).toString('base64url');
  const { scheduledFor } = slot;
  const block = encodeTask(task, { scheduledFor, now: deps.now(), boundary });
  if (task.contextMode === 'isolated') return { task, history: '', prompt: block };
  const { history, prompt } = buildPrompt(deps, run);
  return { task, history, prompt: prompt === '' ? block : `${prompt}\n\n${block}` };
}
