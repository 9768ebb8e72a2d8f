import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GroupMap } from '../../core/registration.ts';
import { openDatabase } from '../../db/database.ts';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { isErrno } from '../../errno.ts';
import { prepareFolders } from '../../host-folders.ts';
import {
  planEnvironment,
  readSourceEnvironment,
  type SourceEnvironment,
  writeEnvironment,
} from '../../import/nanoclaw/environment.ts';
import {
  type GlobalMemoryPlan,
  planGlobalMemory,
  writeGlobalMemory,
} from '../../import/nanoclaw/global-memory.ts';
import { type ImportedGroup, importGroup } from '../../import/nanoclaw/import-group.ts';
import { type GroupPlan, type ImportPlan, planImport } from '../../import/nanoclaw/plan.ts';
import { readNanoclaw } from '../../import/nanoclaw/read-nanoclaw.ts';
import { createUnfinishedMarks, type UnfinishedMarks } from '../../import/nanoclaw/unfinished.ts';
import type { SourceFolder } from '../../import/source-folder.ts';
import type { HostPaths } from '../../paths.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { createGroupFolder } from '../groups/group-folder.ts';
import { loadGroups } from '../groups/registry.ts';
import { describeGroupPlan, type PlannedGroup } from './describe.ts';

export interface ImportOptions {
  readonly dryRun: boolean;
  readonly withEnv: boolean;
}

export type ImportOutcome = ImportedGroup | { readonly status: 'planned' };

type GlobalMemoryReport =
  | Exclude<GlobalMemoryPlan, { status: 'take' }>
  | { readonly status: 'take'; readonly from: string };

/** What was taken over, or would be. */
export interface ImportReport {
  readonly from: string;
  readonly isDryRun: boolean;
  readonly groups: readonly (PlannedGroup & { readonly outcome: ImportOutcome })[];
  readonly skipped: ImportPlan['skipped'];
  readonly globalMemory: GlobalMemoryReport;
  /** Names alone: values are secrets. */
  readonly environment: {
    readonly added: readonly string[];
    readonly kept: readonly string[];
    /** In the other `.env`, and not asked for. */
    readonly available: readonly string[];
  };
  /** What could not be read. */
  readonly problems: readonly string[];
}

/** Plans, and unless it is a dry run does it, with the lock of the host so that no host is running meanwhile. */
export async function importNanoclaw(
  context: CliContext,
  source: SourceFolder,
  options: ImportOptions,
): Promise<ImportReport> {
  const paths = installationPaths(context);
  const isDryRun = options.dryRun;
  if (!isDryRun) await prepareFolders(paths);
  using _lock = isDryRun ? undefined : acquireInstanceLock(paths.lock);
  const { plan, env, globalMemory, problems, ...parts } = await makePlan(context, paths, source);
  if (!isDryRun) await writeGlobalMemory(paths.globalMemory, globalMemory);
  const groups = isDryRun
    ? plan.groups.map((group) => ({ ...describeGroupPlan(group), outcome: PLANNED }))
    : await importAll(context, { paths, ...parts }, plan.groups);
  return {
    from: source.root,
    isDryRun,
    groups,
    skipped: plan.skipped,
    globalMemory: withoutText(globalMemory),
    environment: await takeEnvironment(paths, env, options),
    problems,
  };
}

async function makePlan(context: CliContext, paths: HostPaths, source: SourceFolder) {
  const config = context.loadConfig();
  const state = await readNanoclaw(source);
  const env = await readSourceEnvironment(source);
  const registered = await loadGroups(context);
  const marks = createUnfinishedMarks(paths);
  const setting = { now: context.now(), timeZone: env.timeZone ?? config.timeZone };
  const leftoverOf = (folder: string) => marks.read(folder);
  const present = { registered, leftoverOf, hasFolder: lookForFolder(paths) };
  const plan = await planImport({ ...present, source, state, setting });
  const globalMemory = await planGlobalMemory(source, paths.globalMemory);
  const problems = [...state.problems, ...env.problems];
  return { plan, env, registered, marks, globalMemory, problems };
}

const PLANNED = { status: 'planned' } as const;

interface ImportParts {
  readonly paths: HostPaths;
  readonly registered: GroupMap;
  readonly marks: UnfinishedMarks;
}

async function importAll(
  context: CliContext,
  { paths, registered, marks }: ImportParts,
  plans: readonly GroupPlan[],
): Promise<ImportReport['groups']> {
  const db = openDatabase(paths.database);
  try {
    const deps = {
      db,
      paths,
      marks,
      isRegistered: (jid: string) => registered.has(jid),
      startMemory: (folder: string) => createGroupFolder(paths, folder),
      now: context.now,
    };
    const done: ImportReport['groups'][number][] = [];
    for (const plan of plans) {
      const outcome = await importGroup(deps, plan, context.signal);
      done.push({ ...describeGroupPlan(plan), outcome });
    }
    return done;
  } finally {
    db.close();
  }
}

async function takeEnvironment(
  { home }: HostPaths,
  env: SourceEnvironment,
  { withEnv, dryRun }: ImportOptions,
): Promise<ImportReport['environment']> {
  const path = join(home, '.env');
  if (!withEnv) return { added: [], kept: [], available: [...env.values.keys()] };
  const plan = await planEnvironment(path, env);
  if (!dryRun) await writeEnvironment(path, env, plan);
  return { ...plan, available: [] };
}

function withoutText(plan: GlobalMemoryPlan): GlobalMemoryReport {
  return plan.status === 'take' ? { status: 'take', from: plan.from } : plan;
}

/** Whatever has the name of a group's folder where an import would put one. */
function lookForFolder(paths: HostPaths): (folder: string) => Promise<boolean> {
  return async (folder) => {
    const places = [paths.groupFolder(folder), dirname(paths.claudeHome(folder))];
    return (await Promise.all(places.map(exists))).includes(true);
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
