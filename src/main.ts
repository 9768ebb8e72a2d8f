import { join } from 'node:path';
import { runCli } from './cli/run-cli.ts';
import { systemNow } from './clock.ts';
import { loadConfig } from './config.ts';

const projectRoot = join(import.meta.dirname, '..');
const stop = new AbortController();
/** How long an ended command's leftovers may keep the process after a stop. */
const END_MS = 1_000;
// Not `once`: a service manager may signal the launcher and us, and the second signal must not cut the stop short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort());
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // The reader of a pipe has gone away: what is left to say has nobody to hear it, and need not be made.
    stop.abort();
  });
}

process.exitCode = await runCli(process.argv, {
  loadConfig: () => loadConfig(process.env, projectRoot),
  environment: process.env,
  projectRoot,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTty: process.stdout.isTTY,
  // Late: once it has been looked at, an input that never ends could keep the process alive.
  get stdin() {
    return process.stdin;
  },
  get isStdinTty() {
    return process.stdin.isTTY;
  },
  columns: () => process.stderr.columns,
  now: systemNow,
  signal: stop.signal,
});
// What a stop has given up on must not keep the process. What ends by itself meanwhile, as a pipe that is being
// emptied, still may.
if (stop.signal.aborted) {
  // oxlint-disable-next-line no-process-exit, unicorn/no-process-exit
  setTimeout(() => process.exit(), END_MS).unref();
}
