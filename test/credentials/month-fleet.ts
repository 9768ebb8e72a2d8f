import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Order, Report } from './month-worker.ts';

const WORKER = new URL('./month-worker.ts', import.meta.url);

/** Processes that share one folder of credentials. The first ones are hosts. */
export class Fleet implements AsyncDisposable {
  readonly #members: ChildProcess[];
  readonly #launch: (index: number) => ChildProcess;

  constructor(options: { size: number; hosts: number; folder: string; origin: string }) {
    const { size, hosts, folder, origin } = options;
    this.#launch = (index) =>
      fork(WORKER, [folder, origin, index < hosts ? 'host' : 'command'], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
      });
    this.#members = Array.from({ length: size }, (_, index) => this.#launch(index));
  }

  get size(): number {
    return this.#members.length;
  }

  async order(index: number, order: Order): Promise<Report> {
    const member = this.#memberAt(index);
    const settled = new AbortController();
    const answered = once(member, 'message', settled);
    const gone = once(member, 'exit', settled).then(([code]) => {
      throw new Error(`process ${index} ended with ${code}`);
    });
    member.send(order);
    try {
      const [report] = await Promise.race([answered, gone]);
      return report as Report;
    } finally {
      settled.abort();
    }
  }

  /** Kills one and puts a new process in its place. */
  async replace(index: number): Promise<void> {
    await end(this.#memberAt(index));
    this.#members[index] = this.#launch(index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(end));
  }

  #memberAt(index: number): ChildProcess {
    const member = this.#members[index];
    if (!member) throw new Error(`there is no process ${index}`);
    return member;
  }
}

async function end(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  const exited = once(member, 'exit');
  member.kill('SIGKILL');
  await exited;
}
