import { approvalPolicyOf, type RegisteredGroup } from '../core/group.ts';
import { isWorkspaceReadOnly, type MountSubject, planGroupMounts } from '../core/mounts.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import type { AgentOutlet, AgentSpec } from './agent-runtime.ts';
import { planExtraMounts } from './extra-mount-plan.ts';
import { prepareGroupFolders } from './group-folders.ts';
import { MountRefusedError } from './mount-refused-error.ts';

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
  /** How a group's agents reach the outside. */
  readonly planOutlet: (group: RegisteredGroup) => OutletPlan;
}

/** `reason`: one sentence that says what to do. */
export type OutletPlan = { ok: true; outlet: AgentOutlet } | { ok: false; reason: string };

export type AgentPlan = { ok: true; spec: AgentSpec } | { ok: false; reason: string };
export type PlanAgent = (group: RegisteredGroup) => Promise<AgentPlan>;

/**
 * Decides what a group's agent process gets, and creates the folders it needs. A mount that is not allowed
 * refuses the whole plan with the reason: an agent must not run without what its owner believes it has.
 */
export function createAgentPlanner(deps: AgentPlannerDeps): PlanAgent {
  return async (group) => {
    const planned = deps.planOutlet(group);
    if (!planned.ok) return planned;
    try {
      return { ok: true, spec: await planSpec(deps, group, planned.outlet) };
    } catch (error) {
      if (error instanceof MountRefusedError) return { ok: false, reason: error.message };
      throw error;
    }
  };
}

async function planSpec(
  deps: AgentPlannerDeps,
  group: RegisteredGroup,
  outlet: AgentOutlet,
): Promise<AgentSpec> {
  const subject: MountSubject = { isMain: group.isMain, approvalPolicy: approvalPolicyOf(group) };
  const sources = await prepareGroupFolders(deps.paths, deps.projectRoot, group.folder);
  const extra = await planExtraMounts(deps, group, subject);
  return {
    folder: group.folder,
    mounts: [...planGroupMounts(subject, sources), ...extra],
    isWorkspaceReadOnly: isWorkspaceReadOnly(subject),
    memoryMb: group.containerConfig?.memoryMb ?? deps.memoryMb,
    cpus: group.containerConfig?.cpus ?? deps.cpus,
    outlet,
  };
}
