import { type ChildProcess, spawn } from 'node:child_process';
import type { SpawnOptions } from '@anthropic-ai/claude-agent-sdk';
import { signalGroup } from '../../process-group.ts';

/** The CLI ends and its commands die within 1.5 s of a SIGTERM; then everything left is killed. */
const END_GRACE_MS = 2000;

/** The CLI's process, so that its end can be awaited and nothing of it stays behind. */
export class ClaudeChild {
  readonly #onStderr: (text: string) => void;
  readonly #ended = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;

  constructor(onStderr: (text: string) => void) {
    this.#onStderr = onStderr;
  }

  /** For `spawnClaudeCodeProcess`. The process leads a group of its own. */
  spawn({ command, args, cwd, env }: SpawnOptions) {
    const child = spawn(command, args, { cwd, env, stdio: 'pipe', detached: true });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', this.#onStderr);
    child.once('error', () => this.#ended.resolve());
    child.once('exit', () => {
      signalGroup(child, 'SIGKILL');
      this.#ended.resolve();
    });
    return child;
  }

  /** Undefined when it does not run (any more). */
  get pid(): number | undefined {
    const child = this.#child;
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** Waits for the end of its own accord, then SIGTERM, then SIGKILL to the group. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const polite = setTimeout(() => child.kill('SIGTERM'), END_GRACE_MS);
    const hard = setTimeout(() => signalGroup(child, 'SIGKILL'), 2 * END_GRACE_MS);
    await this.#ended.promise;
    clearTimeout(polite);
    clearTimeout(hard);
  }
}
