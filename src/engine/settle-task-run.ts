import type { Now } from '../clock.ts';
import { toMessageId } from '../core/message-id.ts';
import { describeOutbound } from '../core/outbound/describe.ts';
import { addMentions } from '../core/outbound/mentions.ts';
import { renderAnswer } from '../core/outbound/render-answer.ts';
import type { Task } from '../core/task.ts';
import { taskFailureNotice } from '../core/task-notice.ts';
import { MAX_FAILED_SLOTS, retrySlotAt } from '../core/task-policy.ts';
import { isSilentAnswer } from '../core/task-prompt.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { MessageLookup } from '../db/message-lookup.ts';
import type { Outbox } from '../db/outbox.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Sessions } from '../db/sessions.ts';
import type { TaskRun, TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import type { RandomBytes } from '../random.ts';
import type { Answered, RunFailure, SettledRun, SettleRun } from './settle-run.ts';

/** Longest reason kept in the history of a task. */
const MAX_REASON_CHARS = 500;

export interface SettleTaskRunDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly lookup: MessageLookup;
  readonly outbox: Outbox;
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly now: Now;
  readonly randomBytes: RandomBytes;
}

/** The slot that a run serves, with its task. */
interface Assignment {
  readonly task: Task;
  readonly slot: TaskRun;
}

/**
 * Ends the run of a scheduled task in ONE transaction: its outbox rows, the session, the run, its slot and
 * what follows for the task. Done a second time it changes nothing.
 */
export function createSettleTaskRun(deps: SettleTaskRunDeps): SettleRun {
  const answer = deps.db.transaction((run: Run, outcome: Answered): SettledRun => {
    const { task, slot } = assignmentOf(deps, run);
    const texts = renderAnswer(outcome.text);
    const sent = deps.outbox.sentByFiles(run.chatJid, run.folder, run.outboxSeq);
    const isQuiet = texts.length === 0 && sent.length === 0;
    if (isQuiet && outcome.isNotWoken !== true && !isSilentAnswer(outcome.text)) {
      return fail(run, { reason: 'no_answer', detail: 'the result was empty' });
    }
    const { usage } = outcome;
    if (!deps.runs.finish(run.id, 'answered', deps.now(), { usage })) {
      return { status: 'answered', parts: 0 };
    }
    const sentMeanwhile = new Set(sent.map(({ message }) => describeOutbound(message)));
    const fresh = texts.filter((text) => !sentMeanwhile.has(text));
    say(deps, run, fresh);
    deps.inbox.settleRun(run.id, 'answered');
    if (task.contextMode === 'group') {
      deps.sessions.goOn(run.folder, run.provider, outcome.sessionId, deps.now());
    }
    const ended = isQuiet ? 'silent' : 'answered';
    deps.taskRuns.finish(slot, {
      state: outcome.isNotWoken === true ? 'not_woken' : ended,
      now: deps.now(),
      tokens: usage === undefined ? 0 : usage.inputTokens + usage.outputTokens,
    });
    if (slot.kind === 'slot') deps.tasks.setFailures(task.id, 0);
    return { status: 'answered', parts: fresh.length };
  });

  const failInTransaction = deps.db.transaction(fail);

  function fail(run: Run, failure: RunFailure): SettledRun {
    const { reason, detail } = failure;
    if (deps.runs.finish(run.id, 'failed', deps.now(), { reason, detail })) {
      deps.inbox.settleRun(run.id, 'failed');
      failSlot(deps, run, failure);
    }
    return { status: 'failed', reason };
  }

  const cancel = deps.db.transaction((run: Run) => {
    deps.runs.finish(run.id, 'cancelled', deps.now(), { reason: 'unregistered' });
    deps.inbox.settleRun(run.id, 'failed');
    const { slot } = assignmentOf(deps, run);
    deps.taskRuns.finish(slot, { state: 'skipped', reason: 'unregistered', now: deps.now() });
  });

  return {
    answer: (run, outcome) => answer.immediate(run, outcome),
    fail: (run, failure) => failInTransaction.immediate(run, failure),
    cancel: (run) => cancel.immediate(run),
  };
}

function assignmentOf({ tasks, taskRuns }: SettleTaskRunDeps, run: Run): Assignment {
  const slot = taskRuns.ofRun(run.id);
  const task = slot === undefined ? undefined : tasks.find(slot.taskId);
  if (slot === undefined || task === undefined) throw new Error(`run ${run.id} has no task`);
  return { task, slot };
}

/** The slot is tried again later, or the group is told; after some in a row the task is paused. */
function failSlot(deps: SettleTaskRunDeps, run: Run, failure: RunFailure): void {
  const { task, slot } = assignmentOf(deps, run);
  const now = deps.now();
  const reason = `${failure.reason}: ${failure.detail}`.slice(0, MAX_REASON_CHARS);
  const again = task.status === 'cancelled' ? undefined : retrySlotAt(failure, slot.attempt, now);
  if (again !== undefined) {
    deps.taskRuns.tryAgain(slot, again, reason);
    return;
  }
  deps.taskRuns.finish(slot, { state: 'failed', reason, now });
  const failures = slot.kind === 'slot' ? task.failures + 1 : task.failures;
  deps.tasks.setFailures(task.id, failures);
  const isPaused = task.status === 'active' && failures >= MAX_FAILED_SLOTS;
  if (isPaused) deps.tasks.setStatus(task.id, { status: 'paused', reason: 'failures' }, now);
  const failed = { ...failure, scheduledFor: slot.scheduledFor, isPaused };
  say(deps, run, [taskFailureNotice(task, failed)]);
}

function say(deps: SettleTaskRunDeps, { id, chatJid }: Run, texts: readonly string[]): void {
  passCrashPoint('run-ending');
  const people = texts.some((text) => text.includes('@')) ? deps.lookup.people(chatJid) : [];
  for (const [index, text] of texts.entries()) {
    const messageId = toMessageId(deps.randomBytes(9));
    const message = { kind: 'text', id: messageId, chatJid, ...addMentions(text, people) } as const;
    deps.outbox.enqueue(message, `run:${id}:${index}`, deps.now());
  }
}
