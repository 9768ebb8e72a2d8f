import type { After, Now } from '../clock.ts';
import type { Jid } from '../core/message.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import type { Logger } from '../logger.ts';
import type { ReportActivity } from './activity.ts';

/** A timer beyond 2^31 ms fires at once, and the clock may be set or the machine sleep meanwhile. */
const MAX_SLEEP_MS = 60_000;
/** The database refused the claim, as on a full disk: tried again this much later. */
const BROKEN_DELAY_MS = 30_000;

export interface SchedulerDeps {
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  /** Claims what is due and gives the chats that are told something. */
  readonly claimSlots: (now: number) => readonly Jid[];
  /** A chat has a slot that waits for its run. */
  readonly onWaiting: (chatJid: Jid) => void;
  /** A chat has something to be sent. */
  readonly onOutbox: (chatJid: Jid) => void;
  readonly report: ReportActivity;
  readonly after: After;
  readonly now: Now;
  readonly logger: Logger;
}

/**
 * Wakes when the next slot is due, and claims it:
 * `stopped → asleep ⇄ claiming → stopped`. It holds nothing that is not in the database.
 */
export class Scheduler {
  readonly #deps: SchedulerDeps;
  #cancelTimer: () => void = () => {};
  #isRunning = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#isRunning = true;
    this.wake();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelTimer();
  }

  /** A task was added or changed, here or by another process. */
  onTasksChanged(): void {
    this.wake();
    this.#deps.report({ type: 'tasks_changed' });
  }

  /** Looks now. */
  wake(): void {
    if (!this.#isRunning) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.after(this.#claim(), () => this.wake());
  }

  /** Gives the time until it has to look again. */
  #claim(): number {
    const { tasks, taskRuns, claimSlots, onWaiting, onOutbox, now, logger } = this.#deps;
    try {
      const at = now();
      for (const chatJid of claimSlots(at)) onOutbox(chatJid);
      for (const chatJid of taskRuns.waitingChats(at)) {
        passCrashPoint('slot-claimed');
        onWaiting(chatJid);
      }
      const next = Math.min(tasks.nextDueAt() ?? Infinity, taskRuns.nextDueAt(at) ?? Infinity);
      return Math.min(Math.max(next - at, 0), MAX_SLEEP_MS);
    } catch (error) {
      logger.error({ err: error }, 'scheduled tasks not claimed');
      return BROKEN_DELAY_MS;
    }
  }
}
