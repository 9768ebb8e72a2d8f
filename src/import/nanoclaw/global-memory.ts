import { replaceFile } from '../../registrations/file.ts';
import { readOwnedFile } from '../../safe-file.ts';
import type { SourceFolder } from '../source-folder.ts';

/** What an agent is given at most. */
const MAX_MEMORY_BYTES = 256 * 1024;
/** The newer place first. */
const PLACES = ['groups/global/CLAUDE.md', 'groups/CLAUDE.md'] as const;

/** What `groups/CLAUDE.md` says before anybody has written into it. */
export const STARTER_MEMORY = `# Memory of all groups

What the assistant should know in every group. The person who runs Deckhand edits this file; agents can only read it.
`;

export type GlobalMemoryPlan =
  | { readonly status: 'take'; readonly from: string; readonly text: string }
  | { readonly status: 'none' }
  | { readonly status: 'same'; readonly from: string }
  /** A sentence. */
  | { readonly status: 'left'; readonly note: string };

/** The memory of all groups. One that somebody has written here is never replaced. */
export async function planGlobalMemory(
  source: SourceFolder,
  target: string,
): Promise<GlobalMemoryPlan> {
  for (const from of PLACES) {
    const read = await source.readText(from, MAX_MEMORY_BYTES);
    if (read.status === 'missing') continue;
    if (read.status === 'unusable') return { status: 'left', note: read.problem };
    if (read.text.trim() === '') continue;
    const present = ((await readOwnedFile(target, MAX_MEMORY_BYTES)) ?? '').trim();
    if (present === read.text.trim()) return { status: 'same', from };
    if (present === '' || present === STARTER_MEMORY.trim()) {
      return { status: 'take', from, text: read.text };
    }
    const note = `${from} is left out, because ${target} has a text of its own: join them by hand.`;
    return { status: 'left', note };
  }
  return { status: 'none' };
}

export async function writeGlobalMemory(target: string, plan: GlobalMemoryPlan): Promise<void> {
  if (plan.status === 'take') await replaceFile(target, plan.text);
}
