import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { AgentPaths } from '@deckhand/protocol';
import { errorCode } from '../../../bounded-file.ts';

export type PathOutcome =
  /** Absolute, with every link resolved. */
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

/** The folders whose files the tools read and write: the group's own, and what is mounted in addition. */
function rootsOf({ group }: AgentPaths): readonly string[] {
  return [group, join(dirname(group), 'extra')];
}

/** The real path; of what does not exist yet, below the real path of the nearest folder that does. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || path === dirname(path)) throw error;
    return join(await resolveLinks(dirname(path)), basename(path));
  }
}

function isBelow(root: string, path: string): boolean {
  const steps = relative(root, path);
  return steps === '' || !(steps === '..' || steps.startsWith('../'));
}

/** Where a path that the model names leads. Links are followed, but not out of the folders of the group. */
export async function resolveWorkspacePath(name: string, paths: AgentPaths): Promise<PathOutcome> {
  try {
    const path = await resolveLinks(resolve(paths.group, name));
    for (const root of rootsOf(paths))
      if (isBelow(await resolveLinks(root), path)) return { ok: true, path };
    return { ok: false, reason: `${name} is not below ${rootsOf(paths).join(' or ')}` };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return { ok: false, reason: `${name} cannot be opened: ${code}` };
  }
}
