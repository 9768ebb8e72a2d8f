import { opendir } from 'node:fs/promises';
import type { OpenedFolder } from './opened-folder.ts';
import { isRequestName } from './request-name.ts';

/** Other names looked at in one scan before it gives up: an agent may litter its own mailbox. */
const MAX_OTHER_NAMES = 10_000;

export interface RequestScan {
  /** Names of request files, sorted. */
  readonly names: readonly string[];
  /** The folder may hold more. */
  readonly isPartial: boolean;
  /** Names looked at, whatever they are. */
  readonly seen: number;
}

/** Up to `limit` request files of a mailbox folder. Never reads the whole folder to find them. */
export async function scanRequests(folder: OpenedFolder, limit: number): Promise<RequestScan> {
  const names: string[] = [];
  let others = 0;
  // Leaving the loop closes the handle.
  for await (const entry of await opendir(await folder.ownPath(), { bufferSize: 128 })) {
    if (isRequestName(entry.name) && !entry.isDirectory()) names.push(entry.name);
    else others += 1;
    if (names.length >= limit || others >= MAX_OTHER_NAMES) break;
  }
  return { names: names.sort(), isPartial: names.length >= limit, seen: names.length + others };
}
