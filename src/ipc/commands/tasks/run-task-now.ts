import type { Command, Refusal } from '../../command.ts';
import { type Rate, TokenBucket } from '../../token-bucket.ts';
import type { TaskCommandDeps } from './task-access.ts';
import { createTaskAction } from './task-action.ts';

/** Each run costs money, and a task may ask for itself. */
const RUN_RATE: Rate = { burst: 10, perSecond: 1 / 60 };

/** `run_task_now`: one run in addition to its times, also of a paused task. */
export function createRunTaskNowCommand(deps: TaskCommandDeps, rate: Rate = RUN_RATE): Command {
  const buckets = new Map<string, TokenBucket>();
  const waitMs = (folder: string): number => {
    const bucket = buckets.get(folder) ?? new TokenBucket(rate, deps.now);
    buckets.set(folder, bucket);
    return bucket.take();
  };
  return createTaskAction(deps, 'run_task_now', (task, now) => {
    const wait = waitMs(task.folder);
    if (wait > 0) return tooOften(wait);
    return deps.taskRuns.runNow(task.id, now) ? undefined : RUNS_ALREADY;
  });
}

function tooOften(waitMs: number): Refusal {
  const error = `Too many runs asked for. Try again in ${Math.ceil(waitMs / 1000)} s.`;
  return { code: 'rate_limited', error };
}

const RUNS_ALREADY: Refusal = {
  code: 'conflict',
  error: 'A run of this task waits or is under way already.',
};
