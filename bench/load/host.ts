import { join } from 'node:path';
import { createApp } from '../../src/app/app.ts';
import { createChannel } from '../../src/app/channel.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { describeDistribution, roundHundredths } from '../distribution.ts';
import { CommitTimes } from './commit-times.ts';
import { type FromHost, type HostFigures, type ToHost, toHostSchema } from './message.ts';
import { createPlayedAgents, type PlayedAgentsFigures } from './played-agents.ts';
import { createPortChannel } from './port-channel.ts';

const LOAD_INTERVAL_MS = 1_000;

/**
 * The real host with played agents, on WhatsApp's loopback server or, with `--port`, at the bare port of the channel.
 * Ends at SIGTERM; told to finish, it first ends what it has begun and tells its figures.
 */
async function main(config: Config, projectRoot: string, hasPort: boolean): Promise<void> {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  const finish = Promise.withResolvers<void>();
  onTold('finish', () => finish.resolve());
  const played = createPlayedAgents(hostPaths(config.home), () =>
    tell({ type: 'asked', cpuMs: readCpuMs() }),
  );
  const commits = new CommitTimes();
  await using app = await createApp(config, {
    projectRoot,
    logger: createLogger('error'),
    agents: played.agents,
    createChannel(base, handlers) {
      const onMessage = (message: InboundMessage) => handlers.onMessage(message);
      if (!hasPort) {
        return createChannel(base, { ...handlers, onMessage: commits.ofTransaction(onMessage) });
      }
      const timed = { ...handlers, onMessage: commits.ofCall(onMessage) };
      onTold('deliver', ({ message }) => timed.onMessage(message));
      return createPortChannel(timed, tell);
    },
  });
  const beat = setInterval(() => tell({ type: 'load', ...app.engine.load }), LOAD_INTERVAL_MS);
  const running = app.run(stop.signal);
  await Promise.race([running, finish.promise]);
  clearInterval(beat);
  if (!stop.signal.aborted) {
    await app.engine.idle();
    tell({ type: 'finished', figures: describeHost(commits.values, played.figures()) });
  }
  await running;
}

function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1_000);
}

function tell(message: FromHost): void {
  process.send?.(message);
}

function onTold<T extends ToHost['type']>(
  type: T,
  call: (told: Extract<ToHost, { type: T }>) => void,
): void {
  process.on('message', (received) => {
    const parsed = toHostSchema.safeParse(received);
    if (!parsed.success || parsed.data.type !== type) return;
    call(parsed.data as Extract<ToHost, { type: T }>);
  });
}

function describeHost(
  commitMs: readonly number[],
  { ipcMs, mostAgents }: PlayedAgentsFigures,
): HostFigures {
  const max = roundHundredths(commitMs.reduce((most, value) => Math.max(most, value), 0));
  return {
    ingestCommit: { ...describeDistribution(commitMs), max },
    ipc: { ...describeDistribution(ipcMs), requests: ipcMs.length },
    mostAgents,
  };
}

const projectRoot = join(import.meta.dirname, '..', '..');
await main(loadConfig(process.env, projectRoot), projectRoot, process.argv.includes('--port'));
// What a run on the way to its end still holds must not keep the process.
process.disconnect();
