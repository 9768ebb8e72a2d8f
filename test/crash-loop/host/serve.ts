import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pino } from 'pino';
import type { Agents } from '../../../src/app/agents.ts';
import { createApp } from '../../../src/app/app.ts';
import { systemNow } from '../../../src/clock.ts';
import { type Config, loadConfig } from '../../../src/config.ts';
import { createAgentPlanner } from '../../../src/containers/agent-planner.ts';
import { createAgentRunner } from '../../../src/containers/agent-runner.ts';
import { createLogger, type Logger } from '../../../src/logger.ts';
import { hostPaths } from '../../../src/paths.ts';
import { BY_NETWORK, PLAN_NETWORK } from '../../fakes/by-network.ts';
import { armCrashTrigger } from './crash-trigger.ts';
import type { HostSettings, Order, Report } from './host-messages.ts';
import { YardConnection } from './yard-connection.ts';
import { createYardRuntime } from './yard-runtime.ts';

/** Serves as `deckhand start` does, with agents in the yard, until the signal aborts. */
export async function serve(
  settings: HostSettings,
  order: Extract<Order, { type: 'start' }>,
  report: (report: Report) => void,
  signal: AbortSignal,
): Promise<void> {
  setDefaultCACertificates([...getCACertificates(), settings.certificate]);
  const die = () => process.kill(process.pid, 'SIGKILL');
  armCrashTrigger(order, {
    die,
    onReached: () => report({ type: 'reached' }),
    onQuiet: () => report({ type: 'quiet' }),
  });
  const { yardPath } = settings;
  const config = loadConfig(settings.env, settings.projectRoot);
  // Written at once, so that what led to a kill is there after it.
  const destination = pino.destination({ dest: settings.logPath, sync: true });
  const logger = createLogger(config.logLevel, { destination });
  await using app = await createApp(config, {
    projectRoot: settings.projectRoot,
    logger,
    now: () => systemNow() + order.clockOffsetMs,
    ...(yardPath === undefined
      ? {}
      : { agents: await createYardAgents({ ...settings, yardPath }, config, logger) }),
  });
  const end = await app.run(signal);
  if (!signal.aborted) report({ type: 'ended', reason: JSON.stringify(end) });
}

/** As `createAgents` does it, over the yard. */
export async function createYardAgents(
  { yardPath, projectRoot }: { readonly yardPath: string; readonly projectRoot: string },
  config: Config,
  logger: Logger,
): Promise<Agents> {
  const yard = await YardConnection.open(yardPath);
  const planAgent = createAgentPlanner({
    planOutlet: PLAN_NETWORK,
    paths: hostPaths(config.home),
    projectRoot,
    userHome: config.userHome,
    allowlistFile: config.mountAllowlistPath,
    memoryMb: config.containerMemoryMb,
    cpus: config.containerCpus,
    logger,
  });
  return {
    runner: createAgentRunner({ ...config, runtime: createYardRuntime(yard), planAgent, logger }),
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    async prepare(keepFolders) {
      await yard.ask({ op: 'reap', keepFolders: [...keepFolders] });
    },
  };
}
