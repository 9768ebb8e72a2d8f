import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CrashPoint } from '../../src/crash-points.ts';
import type { Activity } from '../../src/engine/activity.ts';
import { StateWatch } from '../loopback/whatsapp/state-watch.ts';
import type { HostSays, TestAsks } from './host-lines.ts';

const HOST = join(import.meta.dirname, 'crash-host.ts');

/** Twice what a stop may take; less than a test or a hook may. */
const STOP_WAIT_MS = 20_000;

/** A host in a child process, which the test asks and watches. It ends when it is let go of. */
export class ChildHost {
  readonly activities: Activity[] = [];
  readonly #child: ChildProcess;
  readonly #watch = new StateWatch();
  #isUp = false;
  #answers = 0;
  #asked = 0;

  /** Dies at the first pass of `point`, if that is given. */
  constructor(
    yardPath: string,
    env: Readonly<Record<string, string | undefined>>,
    point?: CrashPoint,
  ) {
    this.#child = fork(HOST, [yardPath, ...(point === undefined ? [] : [point])], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (said: HostSays) => {
      if (said.say === 'activity') this.activities.push(said.activity);
      else if (said.say === 'done') this.#answers += 1;
      else this.#isUp = true;
      this.#watch.changed();
    });
    this.#child.on('exit', () => this.#watch.changed());
  }

  /** Resolves when it obeys. */
  up(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#isUp, signal);
  }

  /** Resolves when it has been done. */
  ask(asks: TestAsks, signal: AbortSignal): Promise<void> {
    this.#asked += 1;
    const number = this.#asked;
    // It may be dead, which is told below.
    this.#child.send(asks, () => undefined);
    return this.#until(() => this.#answers >= number, signal);
  }

  /** Resolves when more activities than these have been reported. */
  moreThan(count: number, signal: AbortSignal): Promise<void> {
    return this.#until(() => this.activities.length > count, signal);
  }

  /** How it died; rejects when it has not died before the signal aborts. */
  async death(signal: AbortSignal): Promise<NodeJS.Signals | null> {
    await this.#watch.waitUntil(() => this.#isOver, signal);
    return this.#child.signalCode;
  }

  /** Lets it end by itself; rejects, and leaves nothing behind, when it does not. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(STOP_WAIT_MS) });
    if (this.#child.connected) this.#child.disconnect();
    try {
      await exited;
    } catch (cause) {
      this.#child.kill('SIGKILL');
      throw new Error('the host did not end when it was stopped', { cause });
    }
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    await this.#watch.waitUntil(() => isSo() || this.#isOver, signal);
    if (!isSo()) throw new Error('the host has died');
  }
}
