import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WebWorld } from '../../../src/web/web-world.fixture.ts';
import { forgeRequests } from '../console-requests.ts';
import type { AttackOutcome } from '../outcome.ts';
import type { AttackRow } from './attack-row.ts';
import type { HostSite } from './host-site.ts';

const PRESS_EVERY_MS = 20;
const OTHERS_READ = 0o004;
/** What connecting to a socket takes. */
const OTHERS_WRITE = 0o002;
const OTHERS_ENTER = 0o001;
const FAMILY = { '120363001@g.us': { name: 'Family', folder: 'family' } };

/** What other users of the machine and pages of other sites do. */
export const LOCAL_ROWS: readonly AttackRow<HostSite>[] = [
  { id: 'T20', attack: 'reading the files of the host', prove: readFiles, press: pressFiles },
  { id: 'T21', attack: 'forged requests to the console', prove: forge, press: pressForged },
];

/** T20: stopped when another user comes to no file of a host that runs, in a folder that is open to all. */
async function readFiles({ paths }: HostSite): Promise<AttackOutcome> {
  await chmod(paths.home, 0o755);
  const { files, open } = await findOpen(paths.data, true);
  const shown = open.slice(0, 5).join() || 'none';
  const evidence = `${files} files and sockets below data/, open to others: ${open.length}, such as ${shown}`;
  return { tried: files, stopped: files - open.length, evidence };
}

interface Found {
  files: number;
  readonly open: string[];
}

/** A file or socket can be used by others when they may read or write it and enter every folder above. */
async function findOpen(folder: string, isAboveOpen: boolean): Promise<Found> {
  const { mode } = await stat(folder);
  const isOpen = isAboveOpen && (mode & OTHERS_ENTER) !== 0;
  const found: Found = { files: 0, open: [] };
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = await findOpen(path, isOpen);
      found.files += inner.files;
      found.open.push(...inner.open);
    } else if (entry.isFile() || entry.isSocket()) {
      found.files += 1;
      const needed = entry.isFile() ? OTHERS_READ : OTHERS_WRITE;
      if (isOpen && ((await stat(path)).mode & needed) !== 0) found.open.push(path);
    }
  }
  return found;
}

async function forge(): Promise<AttackOutcome> {
  await using world = await WebWorld.open(FAMILY);
  return await forgeRequests(world, '/groups/family');
}

async function pressFiles(site: HostSite, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await readFiles(site);
    await wait(PRESS_EVERY_MS);
  }
}

async function pressForged(_site: HostSite, signal: AbortSignal): Promise<void> {
  await using world = await WebWorld.open(FAMILY);
  while (!signal.aborted) {
    await forgeRequests(world, '/groups/family');
    await wait(PRESS_EVERY_MS);
  }
}
