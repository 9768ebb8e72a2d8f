import type Docker from 'dockerode';
import type { RegisteredGroup } from '../../core/group.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { createRuns } from '../../db/runs.ts';
import { findInstallationId } from '../../db/status-counts.ts';
import type { HostPaths } from '../../paths.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { type Finding, ok } from './finding.ts';
import { checkContainers } from './orphan-containers.ts';
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
  const owners = readOwners(paths, groups);
  // A database that cannot be read has a finding of its own, and whose something is it alone tells.
  if (owners === 'unreadable') return [];
  const containers = docker
    ? await checkContainers(docker, { ...owners, now: now() }, signal)
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
  const others = foreign === 0 ? '' : `; ${foreign} containers are of other installations`;
  return [ok('orphans', `none${others}`)];
}

function readOwners(paths: HostPaths, groups: readonly RegisteredGroup[]) {
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
    if (error instanceof CliError) return 'unreadable';
    throw error;
  }
}
