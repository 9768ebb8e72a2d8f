import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, on, once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentPaths,
  agentPaths,
  encodeLine,
  type FailedEvent,
  LineSplitter,
  type ResultEvent,
  type RunEvent,
  type RunnerEvent,
  type RunRequest,
  runnerEventSchema,
} from '@deckhand/protocol';
import { expect } from 'vitest';

const MAIN = join(import.meta.dirname, '../src/main.ts');

export interface FinishedRun {
  readonly events: readonly RunEvent[];
  readonly end: ResultEvent | FailedEvent;
}

const isEnd = (event: RunEvent) => event.type === 'result' || event.type === 'failed';

/** The real runner as a child process, in a workspace and home of its own. */
export class RunnerProcess {
  readonly paths: AgentPaths;
  readonly events: RunnerEvent[] = [];
  readonly #child: ChildProcess;
  readonly #root: string;
  readonly #news = new EventEmitter();
  readonly #exit: Promise<unknown[]>;
  stderr = '';

  private constructor(root: string, environment: Readonly<Record<string, string>>) {
    this.#root = root;
    this.paths = agentPaths(join(root, 'workspace'), join(root, 'home'));
    this.#news.setMaxListeners(0);
    this.#child = spawn(process.execPath, [MAIN], {
      stdio: 'pipe',
      env: {
        PATH: process.env['PATH'],
        HOME: this.paths.home,
        DECKHAND_WORKSPACE: join(root, 'workspace'),
        ...environment,
      },
    });
    this.#exit = once(this.#child, 'exit');
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    const lines = new LineSplitter(
      (line) => this.#accept(runnerEventSchema.parse(JSON.parse(line))),
      (chars) => expect.fail(`a line of ${chars} characters`),
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk));
  }

  static async start(
    signal: AbortSignal,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RunnerProcess> {
    const root = await mkdtemp(join(tmpdir(), 'deckhand-runner-'));
    for (const folder of ['group', 'global', 'ipc/messages', 'ipc/tasks', 'ipc/replies'])
      await mkdir(join(root, 'workspace', folder), { recursive: true });
    await mkdir(join(root, 'home'));
    const runner = new RunnerProcess(root, environment);
    await runner.waitFor((event) => event.type === 'ready', signal);
    return runner;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Writes a value as one line, or a string as it is. */
  send(line: unknown): void {
    this.#child.stdin?.write(typeof line === 'string' ? line : encodeLine(line));
  }

  /** Resolves with the first event that matches, also one that came before. */
  async waitFor(
    matches: (event: RunnerEvent) => boolean,
    signal: AbortSignal,
  ): Promise<RunnerEvent> {
    const known = this.events.find(matches);
    if (known) return known;
    for await (const [event] of on(this.#news, 'event', { signal }))
      if (matches(event)) return event;
    throw new Error('unreachable');
  }

  /** Sends the request and waits for its end. */
  async run(request: RunRequest, signal: AbortSignal): Promise<FinishedRun> {
    this.send(request);
    return await this.waitForEnd(request.runId, signal);
  }

  /** Waits for the end of a run; fails when its sequence has a gap or more than one end. */
  async waitForEnd(runId: string, signal: AbortSignal): Promise<FinishedRun> {
    await this.waitFor(
      (event) => event.type !== 'ready' && event.runId === runId && isEnd(event),
      signal,
    );
    const events = this.events.filter(
      (event) => event.type !== 'ready' && event.runId === runId,
    ) as RunEvent[];
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index));
    expect(events.filter(isEnd)).toHaveLength(1);
    return { events, end: events.at(-1) as ResultEvent | FailedEvent };
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** Resolves with exit code and signal. */
  async exit(): Promise<unknown[]> {
    return await this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeInput();
    await this.#exit;
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  #accept(event: RunnerEvent): void {
    this.events.push(event);
    this.#news.emit('event', event);
  }
}
