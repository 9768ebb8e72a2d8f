import { link, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostPaths } from '../../../src/paths.ts';

/** A place that no group may be given, and what the reason must say. */
export interface SecretPlace {
  readonly path: string;
  readonly reason: RegExp;
}

/** The owner's folders on this machine: one that groups may see, with secrets in it and beside it. */
export interface OwnPlaces extends AsyncDisposable {
  readonly secrets: readonly SecretPlace[];
  /** For the host. */
  readonly env: Readonly<Record<string, string>>;
}

export async function makeOwnPlaces(): Promise<OwnPlaces> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'deckhand-owner-')));
  const shared = join(root, 'shared');
  const key = join(root, 'private', 'key');
  const allowlist = join(root, 'config', 'mount-allowlist.json');
  const deep = join(shared, 'site', 'a', 'b', '.env');
  for (const path of [key, allowlist, deep, join(shared, '.ssh', 'id'), join(shared, 'run', 'x')])
    await mkdir(dirname(path), { recursive: true });
  for (const path of [key, deep, join(shared, '.ssh', 'id')]) await writeFile(path, 'a secret');
  await writeFile(allowlist, JSON.stringify({ allowedRoots: [{ path: shared }] }), { mode: 0o600 });
  await symlink('../private', join(shared, 'latest'));
  await link(key, join(shared, 'second'));
  const socket = createServer();
  await new Promise<void>((resolve) => void socket.listen(join(shared, 'run', 'x'), resolve));
  return {
    secrets: [
      { path: dirname(key), reason: /no allowed root/ },
      { path: join(shared, 'latest'), reason: /no allowed root/ },
      { path: join(shared, '.ssh'), reason: /blocked name/ },
      { path: join(shared, 'site'), reason: /holds "a\/b\/.env"/ },
      { path: join(shared, 'run'), reason: /a socket/ },
      { path: join(shared, 'second'), reason: /second name/ },
      { path: dirname(allowlist), reason: /Deckhand's own/ },
      { path: '/etc', reason: /the system's/ },
      { path: '/proc/self/root', reason: /the system's|Deckhand's own/ },
    ],
    env: { MOUNT_ALLOWLIST: allowlist },
    async [Symbol.asyncDispose]() {
      socket.close();
      await rm(root, { recursive: true });
    },
  };
}

/** What is the host's own, of other groups too. */
export function hostPlaces(paths: HostPaths, folder: string): SecretPlace[] {
  return [paths.data, paths.groupFolder(folder), paths.ipc(folder)].map((path) => ({
    path,
    reason: /Deckhand's own/,
  }));
}
