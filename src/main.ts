import { join } from 'node:path';
import { runCli } from './cli/run-cli.ts';
import { systemNow } from './clock.ts';
import { loadConfig } from './config.ts';

const projectRoot = join(import.meta.dirname, '..');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

process.exitCode = await runCli(process.argv, {
  loadConfig: () => loadConfig(process.env, projectRoot),
  environment: process.env,
  projectRoot,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTty: process.stdout.isTTY,
  now: systemNow,
  signal: stop.signal,
});
