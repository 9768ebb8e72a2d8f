import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type AskTurn, createAskTurn } from '../ask/ask-turn.ts';
import type { Now } from '../clock.ts';
import type { Config } from '../config.ts';
import type { RoutePlan } from '../core/models/routes.ts';
import type { GroupMap } from '../core/registration.ts';
import type { DenialFacts } from '../core/story/facts.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { acquireInstanceLock, InstanceLockedError, isHostRunning } from '../db/instance-lock.ts';
import { createModelStore } from '../db/models.ts';
import { installationId } from '../db/settings.ts';
import { gatherDenials } from '../egress/gather-denials.ts';
import { createChooseRoute } from '../engine/choose-route.ts';
import { readGlobalMemory } from '../global-memory.ts';
import { prepareFolders } from '../host-folders.ts';
import type { Logger } from '../logger.ts';
import { type HostPaths, hostPaths } from '../paths.ts';
import { createAgents } from './agents.ts';
import { openAskFolder } from './ask-folders.ts';
import { findAskedGroup } from './asked-group.ts';
import type { AppBase } from './base.ts';
import { createCredentials } from './credentials.ts';
import { createAppGateway } from './gateway.ts';
import { createCatalogDescription } from './models.ts';
import { createHostSnapshots, showStateBeforeRuns } from './task-commands.ts';

/** What questions are answered with beside a host, which may be running or not. */
export interface AskApp {
  /** The parts of the installation that plan which models are asked. */
  readonly base: AppBase;
  /** Asks by these routes. What one turn has made ready serves the others. */
  createTurn(plan: RoutePlan): AskTurn;
  /** What agents wanted to reach and might not, since the last time. */
  takeDenials(): DenialFacts[];
  /** Stops the agent and leaves nothing behind. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AskAppOptions {
  readonly projectRoot: string;
  readonly groups: GroupMap;
  readonly logger: Logger;
  readonly now: Now;
  /** One line about something that takes long. */
  readonly onProgress: (line: string) => void;
}

/** Opens what a question needs, without the lock of the host. */
export async function openAskApp(config: Config, options: AskAppOptions): Promise<AskApp> {
  await using stack = new AsyncDisposableStack();
  const { projectRoot, groups, logger, now, onProgress } = options;
  const paths = hostPaths(config.home);
  await prepareFolders(paths, logger);
  const db = openBesideHost(paths);
  stack.defer(() => void db.close());
  const base: AppBase = { config, paths, db, logger, now };
  const openFolder = async (root: string) => stack.use(await openAskFolder(root, process.pid)).path;
  const processRoot = await openFolder(paths.askProcesses);
  const doors = await openFolder(paths.askDoors);
  const doorFolder = (folder: string) => join(doors, folder);
  const { all } = lookUp(groups);
  const findByFolder = (folder: string) => findAskedGroup(groups, folder);
  const agents = await createAgents(config, {
    paths,
    doorFolder,
    findByFolder,
    logger,
    projectRoot,
    installationId: installationId(db),
    oneOff: { processRoot, onProgress },
  });
  const { outlets } = agents;
  const denials = gatherDenials();
  const gateway = stack.use(
    createAppGateway(base, {
      outlets,
      doorFolder,
      key: randomBytes(32).toString('base64url'),
      findByFolder,
      // No run of the database has it.
      noteDenial: (_run, denial) => denials.add(denial),
    }),
  );
  const credentials = createCredentials(base, {
    mayHold: (group) => outlets.mayHoldCredentials(group),
    groups: all,
    handOver: (path) => agents.handOver(path),
    // The failure itself is told to who asks.
    tellMain: () => undefined,
  });
  stack.use(credentials.refresher);
  stack.use(agents.runner);
  const snapshots = createHostSnapshots(base, lookUp(groups));
  const runner = showStateBeforeRuns(agents.runner, snapshots, base);
  const models = createModelStore(db);
  const prepare = once((signal: AbortSignal) => agents.prepare(new Set(), signal));
  const findDoors = once(() => agents.findDoors());
  const resources = stack.move();
  return {
    base,
    takeDenials: () => denials.take(),
    createTurn: (plan) =>
      createAskTurn({
        runner,
        gateway,
        models,
        now,
        logger,
        settings: config,
        prepare,
        chooseRoute: createChooseRoute({
          models,
          planRoutes: () => plan,
          async resolveCredential(group, route) {
            await findDoors();
            return await credentials.resolve(group, route);
          },
          now,
          logger,
        }),
        describeModel: createCatalogDescription(base),
        readGlobalMemory: () => readGlobalMemory(paths.globalMemory, logger),
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** What has failed is done again by the next turn. */
function once<T extends unknown[]>(work: (...given: T) => Promise<void>): typeof work {
  let isDone = false;
  return async (...given) => {
    if (isDone) return;
    await work(...given);
    isDone = true;
  };
}

/** With the lock of the host while nobody has it: a new schema is not made beside somebody who uses the old one. */
function openBesideHost({ lock, database }: HostPaths): Db {
  if (isHostRunning(lock)) return openDatabase(database);
  try {
    using _lock = acquireInstanceLock(lock);
    return openDatabase(database);
  } catch (error) {
    if (error instanceof InstanceLockedError) return openDatabase(database);
    throw error;
  }
}

function lookUp(groups: GroupMap) {
  const all = [...groups.values()];
  return {
    all: () => all,
    get: (jid: string) => groups.get(jid),
    byFolder: (folder: string) => all.find((group) => group.folder === folder),
  };
}
