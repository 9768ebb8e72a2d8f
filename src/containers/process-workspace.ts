import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENT_HOME, WORKSPACE } from '@deckhand/protocol';
import type { AgentMount } from '../core/mounts.ts';

/** The two roots of an agent without a container. */
export interface ProcessWorkspace {
  readonly workspace: string;
  readonly home: string;
}

/**
 * Makes the container's layout out of links, fresh under `root`. Links cannot be read-only: the process
 * runtime has no isolation at all.
 */
export async function linkWorkspace(
  root: string,
  mounts: readonly AgentMount[],
): Promise<ProcessWorkspace> {
  const layout = { workspace: join(root, 'workspace'), home: join(root, 'home') };
  await rm(root, { recursive: true, force: true });
  await mkdir(layout.workspace, { recursive: true, mode: 0o700 });
  await mkdir(layout.home, { recursive: true, mode: 0o700 });
  for (const { source, target } of mounts) {
    // It is there already, through the link to the folder it lies in.
    if (mounts.some((other) => target.startsWith(`${other.target}/`))) continue;
    const link = moveRoot(target, layout);
    await mkdir(dirname(link), { recursive: true, mode: 0o700 });
    await symlink(source, link);
  }
  return layout;
}

function moveRoot(target: string, layout: ProcessWorkspace): string {
  for (const [from, to] of [
    [WORKSPACE, layout.workspace],
    [AGENT_HOME, layout.home],
  ] as const) {
    if (target.startsWith(`${from}/`)) return join(to, target.slice(from.length));
  }
  throw new Error(`mount target ${target} lies in neither root`);
}
