import { lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { MAILBOX_FOLDERS } from '@deckhand/protocol';
import {
  decideExtraMount,
  type MountAllowlist,
  mountAllowlistSchema,
} from '../core/extra-mounts.ts';
import { approvalPolicyOf, type RegisteredGroup } from '../core/group.ts';
import {
  type AgentMount,
  isWorkspaceReadOnly,
  type MountSources,
  type MountSubject,
  PROJECT_PARTS,
  planGroupMounts,
} from '../core/mounts.ts';
import { isErrno } from '../errno.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import type { AgentSpec } from './agent-runtime.ts';
import { prepareCodexFiles } from './codex-home.ts';
import { errorText } from './docker-errors.ts';

export interface AgentPlannerDeps {
  readonly paths: HostPaths;
  /** Folder with the program's own sources, shown to the main group. */
  readonly projectRoot: string;
  /** Home of the person who runs the host; `~` in mounts. */
  readonly userHome: string;
  /** Usually `~/.config/deckhand/mount-allowlist.json`. */
  readonly allowlistFile: string;
  /** Defaults for groups that set none. */
  readonly memoryMb: number;
  readonly cpus: number;
  readonly logger: Logger;
}

export type AgentPlan = { ok: true; spec: AgentSpec } | { ok: false; reason: string };
export type PlanAgent = (group: RegisteredGroup) => Promise<AgentPlan>;

/** Thrown inside the planner only, for a mount that is not given. */
class Refusal extends Error {}

/**
 * Decides what a group's agent process gets, and creates the folders it needs. A mount that is not allowed
 * refuses the whole plan with the reason: an agent must not run without what its owner believes it has.
 */
export function createAgentPlanner(deps: AgentPlannerDeps): PlanAgent {
  return async (group) => {
    const subject: MountSubject = {
      isMain: group.isMain,
      approvalPolicy: approvalPolicyOf(group),
    };
    try {
      const own = planGroupMounts(subject, await prepareSources(deps, group.folder));
      const extra = await planExtraMounts(deps, group, subject);
      const spec: AgentSpec = {
        folder: group.folder,
        mounts: [...own, ...extra],
        isWorkspaceReadOnly: isWorkspaceReadOnly(subject),
        memoryMb: group.containerConfig?.memoryMb ?? deps.memoryMb,
        cpus: group.containerConfig?.cpus ?? deps.cpus,
        outlet: { kind: 'network' },
      };
      return { ok: true, spec };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, reason: error.message };
      throw error;
    }
  };
}

async function prepareSources(deps: AgentPlannerDeps, folder: string): Promise<MountSources> {
  const { paths } = deps;
  const sources = {
    group: paths.groupFolder(folder),
    ipc: paths.ipc(folder),
    codexHome: paths.codexHome(folder),
    claudeHome: paths.claudeHome(folder),
  };
  await mkdir(sources.group, { recursive: true, mode: 0o755 });
  for (const path of [sources.codexHome, sources.claudeHome]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  await makeMailbox(sources.ipc);
  for (const path of Object.values(sources)) await refuseLink(path);
  const hasMemory = await exists(paths.globalMemory);
  return {
    ...sources,
    codexFiles: await prepareCodexFiles(sources.codexHome),
    ...(hasMemory ? { globalMemory: paths.globalMemory } : {}),
    project: await presentParts(deps.projectRoot),
  };
}

/** Once. What an agent does to the folders of its mailbox later is the mailbox's to mend, and no reason not to run. */
async function makeMailbox(ipc: string): Promise<void> {
  const isNew = (await mkdir(ipc, { recursive: true, mode: 0o700 })) !== undefined;
  if (!isNew) return;
  // The host and a command may both be the first.
  for (const name of MAILBOX_FOLDERS)
    await mkdir(join(ipc, name), { recursive: true, mode: 0o700 });
}

/** A mount follows a link in its source: the folder itself must be one. */
async function refuseLink(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) return;
  throw new Refusal(`${path} must be a folder, not a link or file`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function presentParts(projectRoot: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const part of PROJECT_PARTS) {
    const path = join(projectRoot, part);
    if (await exists(path)) found[part] = path;
  }
  return found;
}

async function planExtraMounts(
  deps: AgentPlannerDeps,
  group: RegisteredGroup,
  subject: MountSubject,
): Promise<AgentMount[]> {
  const wanted = group.containerConfig?.additionalMounts ?? [];
  if (wanted.length === 0) return [];
  const allowlist = await readAllowlist(deps.allowlistFile);
  const roots = await resolveRoots(deps, allowlist);
  const ownFolders = await realPaths([
    deps.paths.data,
    deps.paths.groups,
    dirname(deps.allowlistFile),
  ]);
  const mounts: AgentMount[] = [];
  for (const mount of wanted) {
    const realPath = await realSource(deps, mount.hostPath);
    const isFolder = (await stat(realPath)).isDirectory();
    const decision = decideExtraMount(subject, {
      mount,
      realPath,
      entries: isFolder ? await readdir(realPath) : [],
      roots,
      blockedPatterns: allowlist.blockedPatterns,
      ownFolders,
    });
    if (!decision.ok) throw new Refusal(decision.reason);
    if (decision.note !== undefined) {
      deps.logger.warn({ folder: group.folder, note: decision.note }, 'extra mount is limited');
    }
    mounts.push(decision.mount);
  }
  refuseTwins(mounts);
  return mounts;
}

function refuseTwins(mounts: readonly AgentMount[]): void {
  const targets = mounts.map((mount) => mount.target);
  const twin = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twin !== undefined) throw new Refusal(`two mounts want ${twin}`);
}

async function readAllowlist(file: string): Promise<MountAllowlist> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Refusal(`extra mounts need the allowlist ${file}: ${errorText(error)}`);
  }
  try {
    return mountAllowlistSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Refusal(`the allowlist ${file} is not valid: ${errorText(error)}`);
  }
}

async function resolveRoots(deps: AgentPlannerDeps, allowlist: MountAllowlist) {
  const roots: { realPath: string; allowReadWrite: boolean }[] = [];
  for (const root of allowlist.allowedRoots) {
    const [realRoot] = await realPaths([expandHome(deps.userHome, root.path)]);
    if (realRoot !== undefined) {
      roots.push({ realPath: realRoot, allowReadWrite: root.allowReadWrite });
    }
  }
  return roots;
}

/** Without those that do not exist. */
async function realPaths(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await exists(path)) found.push(await realpath(path));
  return found;
}

async function realSource(deps: AgentPlannerDeps, hostPath: string): Promise<string> {
  const path = expandHome(deps.userHome, hostPath);
  if (!isAbsolute(path)) throw new Refusal(`mount ${hostPath} must be an absolute path or ~/…`);
  try {
    return await realpath(path);
  } catch (error) {
    throw new Refusal(`mount ${hostPath} cannot be used: ${errorText(error)}`);
  }
}

function expandHome(userHome: string, path: string): string {
  return path === '~' || path.startsWith('~/') ? join(userHome, path.slice(1)) : path;
}
