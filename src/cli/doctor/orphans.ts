import type Docker from 'dockerode';
import type { RegisteredGroup } from '../../core/group.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { createRuns } from '../../db/runs.ts';
import { findInstallationId } from '../../db/status-counts.ts';
import type { HostPaths } from '../../paths.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { type Finding, ok } from './finding.ts';
import { type ContainerOwners, checkContainers } from './orphan-containers.ts';
import { checkFolders, checkLock, checkSpool } from './orphan-files.ts';

export interface OrphansDeps {
  readonly paths: HostPaths;
  readonly now: () => number;
  /** Absent without an engine. */
  readonly docker: Docker | undefined;
}

/** What nobody owns any more. `groups` are all that are registered. */
export async function checkOrphans(
  { paths, now, docker }: OrphansDeps,
  groups: readonly RegisteredGroup[],
  signal: AbortSignal,
): Promise<Finding[]> {
  // A database that cannot be read has a finding of its own, and whose something is it alone tells.
  if (readOwners(paths, groups) === undefined) return [];
  const containers = docker
    ? await checkContainers({ docker, now, readOwners: () => readOwners(paths, groups) }, signal)
    : { findings: [], foreign: 0 };
  const folders = new Set(groups.map(({ folder }) => folder));
  const findings = [
    ...containers.findings,
    ...(await checkSpool(paths, now())),
    ...(await checkLock(paths, now)),
    ...(await checkFolders(paths, folders)),
  ];
  if (findings.length > 0) return findings;
  const { foreign } = containers;
  return [ok('orphans', `none${describeForeign(foreign)}`)];
}

function describeForeign(count: number): string {
  if (count === 0) return '';
  if (count === 1) return '; 1 container is of another installation';
  return `; ${count} containers are of other installations`;
}

function readOwners(
  paths: HostPaths,
  groups: readonly RegisteredGroup[],
): ContainerOwners | undefined {
  try {
    const read = readDatabase(paths.database, (db) => ({
      installationId: findInstallationId(db),
      running: createRuns(db).running(),
    }));
    const isUp = isHostRunning(paths.lock);
    const jids = new Set(read?.running.map(({ chatJid }) => chatJid));
    const owned = isUp ? groups : groups.filter(({ jid }) => jids.has(jid));
    return {
      installationId: read?.installationId,
      usedFolders: new Set(owned.map(({ folder }) => folder)),
    };
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
