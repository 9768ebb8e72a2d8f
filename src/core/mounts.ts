import { type AgentPaths, type ApprovalPolicy, agentPaths } from '@deckhand/protocol';

/** One bind mount. `source` is an existing absolute host path without symlinks in an extra mount. */
export interface AgentMount {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
  /** What the source was when it was allowed; a container that got something else is not used. */
  readonly identity?: string;
}

/** Who a container works for, as far as mounts depend on it. */
export interface MountSubject {
  readonly isMain: boolean;
  readonly approvalPolicy: ApprovalPolicy;
}

/** Host side of a group's mounts; what does not exist is left out. */
export interface MountSources {
  readonly group: string;
  readonly ipc: string;
  readonly codexHome: string;
  readonly claudeHome: string;
  readonly globalMemory?: string;
  /** Name under /workspace/project → host path; see PROJECT_PARTS. */
  readonly project: Readonly<Record<string, string>>;
}

/** What the main group may read of the project; never .env, data, groups, node_modules or .git. */
export const PROJECT_PARTS = [
  'src',
  'container',
  'docs',
  'package.json',
  'README.md',
  'CHANGELOG.md',
] as const;

/** A group under `readonly` must be unable to write its folder: the mount is what enforces it. */
export function isWorkspaceReadOnly(subject: MountSubject): boolean {
  return subject.approvalPolicy === 'readonly';
}

/** The mounts every group has, in the container's paths. */
export function planGroupMounts(
  subject: MountSubject,
  sources: MountSources,
  paths: AgentPaths = agentPaths(),
): AgentMount[] {
  const writable = (source: string, target: string) => ({ source, target, isReadOnly: false });
  const readable = (source: string, target: string) => ({ source, target, isReadOnly: true });
  const mounts: AgentMount[] = [
    { source: sources.group, target: paths.group, isReadOnly: isWorkspaceReadOnly(subject) },
    writable(sources.ipc, paths.ipc),
    // What an agent wrote there would work in later runs too: another endpoint for the credential, programs to start, a
    // sign-in that is taken for the group's own. The CLI runs in a home of its own.
    readable(sources.codexHome, paths.codexHome),
    writable(sources.claudeHome, paths.claudeHome),
  ];
  if (sources.globalMemory !== undefined) {
    mounts.push(readable(sources.globalMemory, `${paths.global}/CLAUDE.md`));
  }
  if (subject.isMain) {
    for (const [part, source] of Object.entries(sources.project)) {
      mounts.push(readable(source, `${paths.project}/${part}`));
    }
  }
  return mounts;
}
