import { type Now, systemNow } from '../clock.ts';
import type { Config } from '../config.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { acquireInstanceLock } from '../db/instance-lock.ts';
import { prepareFolders } from '../host-folders.ts';
import { createLogger, type Logger } from '../logger.ts';
import { type HostPaths, hostPaths } from '../paths.ts';

/** What every part of the host is made with. */
export interface AppBase {
  readonly config: Config;
  readonly paths: HostPaths;
  readonly db: Db;
  readonly logger: Logger;
  readonly now: Now;
}

export interface BaseOverrides {
  readonly logger?: Logger;
  readonly now?: Now;
}

/** Takes the lock and opens the database; both are let go of with the stack. */
export async function openBase(
  config: Config,
  overrides: BaseOverrides,
  stack: AsyncDisposableStack,
): Promise<AppBase> {
  const secrets = Object.values(config.secrets);
  const { now = systemNow, logger = createLogger(config.logLevel, { secrets }) } = overrides;
  const paths = hostPaths(config.home);
  await prepareFolders(paths, logger);
  stack.use(acquireInstanceLock(paths.lock));
  const db = openDatabase(paths.database);
  stack.defer(() => void db.close());
  return { config, paths, db, logger, now };
}
