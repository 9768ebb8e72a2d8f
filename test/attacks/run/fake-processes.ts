import { join } from 'node:path';
import type { Agents } from '../../../src/app/agents.ts';
import type { Config } from '../../../src/config.ts';
import { createAgentPlanner } from '../../../src/containers/agent-planner.ts';
import { createAgentRunner } from '../../../src/containers/agent-runner.ts';
import { createProcessRuntime } from '../../../src/containers/process-runtime.ts';
import { createLogger } from '../../../src/logger.ts';
import { hostPaths } from '../../../src/paths.ts';
import { projectRoot } from '../../docker/engine.ts';
import { BY_NETWORK, PLAN_NETWORK } from '../../fakes/by-network.ts';

const FAKE_RUNNER = join(projectRoot, 'test', 'docker', 'fake-runner.ts');

/** Fake runners as processes of this machine: whatever attacks the machine itself must not be given to them. */
export function createFakeProcesses(config: Config): Agents {
  const paths = hostPaths(config.home);
  const logger = createLogger('silent');
  const planAgent = createAgentPlanner({
    planOutlet: PLAN_NETWORK,
    paths,
    projectRoot,
    userHome: config.home,
    allowlistFile: config.mountAllowlistPath,
    memoryMb: config.containerMemoryMb,
    cpus: config.containerCpus,
    logger,
  });
  const runtime = createProcessRuntime({
    processRoot: join(paths.data, 'process'),
    projectRoot,
    hostEnv: config.hostEnvironment,
    isRoot: false,
    logger,
    command: [process.execPath, FAKE_RUNNER],
  });
  return {
    runner: createAgentRunner({ ...config, runtime, planAgent, logger }),
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
  };
}
