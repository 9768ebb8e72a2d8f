import { join } from 'node:path';
import { type FileTree, listFileTree } from '../file-tree.ts';
import type { SourceFolder } from '../source-folder.ts';

/** Where Claude's program keeps the transcripts of a session that runs in `/workspace/group`, here and there. */
const PROJECT = '-workspace-group';

/** A conversation with Claude that can go on. */
export interface SourceConversation {
  readonly sessionId: string;
  /** Folder `projects` with the transcripts, absolute. */
  readonly from: string;
  readonly tree: FileTree;
}

export type FoundConversation =
  | { readonly status: 'found'; readonly conversation: SourceConversation }
  | { readonly status: 'none' }
  | { readonly status: 'lost'; readonly note: string };

/** A session is taken with its transcript or not at all. */
export async function findConversation(
  source: SourceFolder,
  folder: string,
  sessions: ReadonlyMap<string, string>,
): Promise<FoundConversation> {
  const sessionId = sessions.get(folder);
  if (sessionId === undefined) return { status: 'none' };
  const projects = join('data', 'sessions', folder, '.claude', 'projects');
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(sessionId);
  const transcript = join(projects, PROJECT, `${sessionId}.jsonl`);
  if (!isPlain || (await source.find(transcript)) !== 'file') {
    const note = 'its conversation begins anew: the transcript of the session is not there';
    return { status: 'lost', note };
  }
  const from = join(source.root, projects);
  const tree = await listFileTree(from);
  if (tree?.files.includes(join(PROJECT, `${sessionId}.jsonl`)) !== true) {
    return {
      status: 'lost',
      note: 'its conversation begins anew: the transcript is a link, too large or may not be read',
    };
  }
  return { status: 'found', conversation: { sessionId, from, tree } };
}
