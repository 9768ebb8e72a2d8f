import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisteredGroup } from '../../core/group.ts';
import type { GroupMap } from '../../core/registration.ts';
import { isErrno } from '../../errno.ts';

/** Folders of a mailbox in which an agent leaves requests; see docs/ipc.md. */
const REQUEST_FOLDERS = ['messages', 'tasks'] as const;

/** The requests that wait in a mailbox for a host. `ipc` is the group's mailbox on this machine. */
export async function pendingRequests(ipc: string): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    REQUEST_FOLDERS.map(async (name) =>
      (await names(join(ipc, name))).map((file) => `${name}/${file}`),
    ),
  );
  return new Set(found.flat().filter((file) => file.endsWith('.json')));
}

/** An agent can put anything into the place of its folders; the host mends that. */
async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR') || isErrno(error, 'ELOOP')) return [];
    throw error;
  }
}

/** A sentence about requests that a question has left behind. */
export function describeWaiting(
  count: number,
  { folder, jid }: RegisteredGroup,
  groups: GroupMap,
): string {
  const where = `requests of the assistant to the host in the mailbox of ${folder}: ${count}`;
  return groups.has(jid)
    ? `${where}. They wait for the next \`deckhand start\`.`
    : `${where}. No host hears them, because the group is not registered.`;
}
