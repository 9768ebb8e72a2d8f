import { Console } from 'node:console';
import {
  agentPaths,
  encodeLine,
  LineSplitter,
  PROTOCOL_VERSION,
  type RunnerEvent,
  WORKSPACE_ENV,
} from '@deckhand/protocol';
import { minimalEnvironment } from './environment.ts';
import { endLeftovers, ownsProcesses } from './leftovers/end-leftovers.ts';
import { withTidying } from './leftovers/tidied-provider.ts';
import { SCRIPT_LIMIT_MS } from './pre-check.ts';
import { withPreCheck } from './pre-checked-provider.ts';
import { ProviderPool } from './provider-pool.ts';
import { findDoor } from './relay/door.ts';
import { proxyEnvironment } from './relay/proxy-environment.ts';
import { Relay } from './relay/relay.ts';
import { withRelay } from './relay/relayed-provider.ts';
import { RunServer } from './run-server.ts';
import { RUNNER_VERSION } from './version.ts';

/**
 * The program in the container: lines of the host on stdin, events on stdout, diagnostics on stderr.
 * It ends when stdin ends, when the reader of stdout is gone, or on SIGTERM or SIGINT; a run in progress
 * is cancelled first.
 */
async function main(): Promise<void> {
  // stdout belongs to the protocol, also when a dependency prints something.
  globalThis.console = new Console(process.stderr);
  const log = (message: string) => void process.stderr.write(`agent-runner: ${message}\n`);
  const write = (event: RunnerEvent) => void process.stdout.write(encodeLine(event));
  const door = findDoor(process.env);
  await using relay = door && (await Relay.start(door, log));
  const env = { ...process.env, ...(relay && proxyEnvironment(relay.addresses.outsideUrl)) };
  const paths = agentPaths(env[WORKSPACE_ENV], env['HOME']);
  await using providers = new ProviderPool({
    paths,
    environment: env,
    log,
  });
  const script = {
    cwd: paths.group,
    env: minimalEnvironment(env, { HOME: paths.home }),
    limitMs: SCRIPT_LIMIT_MS,
  };
  const tidy = ownsProcesses(process.env)
    ? () => endLeftovers(providers.keptProcesses())
    : () => undefined;
  const server = new RunServer({
    loadProvider: async (name) =>
      withTidying(withRelay(withPreCheck(await providers.load(name), script), relay), tidy),
    write,
    log,
  });
  const ended = waitForEnd();
  const lines = new LineSplitter(
    (line) => server.acceptLine(line),
    (chars) => log(`line of ${chars} characters ignored`),
  );
  process.stdin.on('data', (chunk: Buffer) => lines.push(chunk));
  write({ type: 'ready', v: PROTOCOL_VERSION, version: RUNNER_VERSION });
  await server.close(await ended);
}

/** Resolves with the reason to end, and lets go of stdin so that nothing holds the process. */
async function waitForEnd(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  process.stdin.once('end', () => resolve('stdin was closed'));
  process.stdin.once('error', () => resolve('stdin broke'));
  process.stdout.on('error', () => resolve('stdout was closed'));
  process.on('SIGTERM', () => resolve('SIGTERM'));
  process.on('SIGINT', () => resolve('SIGINT'));
  const reason = await promise;
  process.stdin.destroy();
  return reason;
}

await main();
