import { join } from 'node:path';
import { systemNow } from '../clock.ts';
import type { Config } from '../config.ts';
import { createDockerClient } from '../containers/docker-client.ts';
import { followOwnContainers } from '../containers/own-container-events.ts';
import { listOwnContainers } from '../containers/own-containers.ts';
import { BUNDLED_ENTRIES } from '../core/models/bundled-entries.ts';
import { createCatalog } from '../core/models/catalog.ts';
import { effectiveModels } from '../core/models/effective-defaults.ts';
import { describeBrokenSignIn } from '../credentials/broken-sign-in.ts';
import { createCredentialStore } from '../credentials/file-credential-store.ts';
import type { ProfileId } from '../credentials/stored-credential.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createModelStore } from '../db/models.ts';
import { installationId } from '../db/settings.ts';
import { readStoredCatalog } from '../models/stored-catalog.ts';
import type { HostPaths } from '../paths.ts';
import type { ConsoleModels, Containers, ServingHost, SignInTrouble } from '../web/ports.ts';
import type { App } from './app.ts';

/** What the console sees of a host, over a connection to the database of its own; to be closed with it. */
export function createServingHost(config: Config, paths: HostPaths, app: App): ServingHost {
  const { engine, registrations } = app;
  const db = openDatabase(paths.database);
  return {
    db,
    registrations,
    assistantName: config.assistantName,
    hasReceipts: config.receipts,
    readQueue: () => engine.load,
    onTasksChanged: () => engine.onTasksChanged(),
    readModels: () => readModels(config, paths, db),
    readContainers: (signal) => readContainers(config, installationId(db), signal),
    readSignInTroubles: () => readSignInTroubles(paths),
  };
}

function readModels(config: Config, paths: HostPaths, db: Db): ConsoleModels {
  const models = createModelStore(db);
  const live = readStoredCatalog(paths.modelCatalog, systemNow())?.lists ?? [];
  const observations = models.listObservations();
  return {
    catalog: createCatalog({ entries: BUNDLED_ENTRIES, live, observations }),
    effective: effectiveModels(models.storedDefaults(), config),
  };
}

/** Tells until the signal aborts when other containers may be there. */
export async function followContainers(
  config: Config,
  { db }: Pick<ServingHost, 'db'>,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (config.runtime !== 'docker') return;
  const connect = createConnect(config);
  await followOwnContainers({ connect, installationId: installationId(db), onChange }, signal);
}

function createConnect({ dockerHost, userHome }: Config) {
  return () => createDockerClient({ dockerHost, dockerConfigFolder: join(userHome, '.docker') });
}

async function readContainers(
  config: Config,
  installation: string,
  signal: AbortSignal,
): Promise<Containers> {
  if (config.runtime !== 'docker') return { status: 'none' };
  const containers = await listOwnContainers(createConnect(config), installation, signal);
  return containers === undefined ? { status: 'unreachable' } : { status: 'listed', containers };
}

/** Only what a person has to mend; `deckhand login status` has the rest. */
async function readSignInTroubles({ credentials }: HostPaths): Promise<SignInTrouble[]> {
  const store = createCredentialStore({ folder: credentials });
  const troubles: SignInTrouble[] = [];
  for (const id of await store.list()) {
    const read = await store.read(id);
    if (read.status === 'unusable') troubles.push({ profile: nameOf(id), ...read });
    if (read.status !== 'found' || read.credential.kind !== 'sign_in') continue;
    const { broken } = read.credential;
    if (broken === undefined) continue;
    troubles.push({ profile: nameOf(id), ...describeBrokenSignIn(id, broken.code) });
  }
  return troubles;
}

function nameOf({ name, folder }: ProfileId): string {
  return folder === undefined ? name : `${name}/${folder}`;
}
