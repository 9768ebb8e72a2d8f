import { readBoundedFile } from '../bounded-file.ts';
import { fence } from './fence.ts';

/** Longest part of a memory file that is put before the model, in bytes. */
export const MAX_MEMORY_BYTES = 32 * 1024;

/** The memory of one group, written by its agent; empty when there is none. */
export async function readGroupMemory(groupFolder: string): Promise<string> {
  return (await readBoundedFile(`${groupFolder}/CLAUDE.md`, MAX_MEMORY_BYTES)) ?? '';
}

/** The memory of all groups, written by the person who runs the installation. */
export function describeGlobalMemory(memory: string): string {
  const cut = new TextDecoder().decode(Buffer.from(memory).subarray(0, MAX_MEMORY_BYTES), {
    stream: true,
  });
  return fence('global_memory', cut);
}
