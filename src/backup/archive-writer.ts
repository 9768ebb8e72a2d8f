import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { TarHeader, TarPackController } from 'modern-tar';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from '../ipc/opened-folder.ts';
import { BackupError } from './backup-error.ts';
import type { Source } from './list-files.ts';
import type { LeftOutReason, ManifestFile } from './manifest.ts';

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK_BYTES = 256 * 1024;
/** Smaller files are read whole before their size is written down, so that a writer cannot get between. */
const WHOLE_BYTES = 4 * 1024 * 1024;

export type Added = { file: ManifestFile } | { leftOut: LeftOutReason } | 'directory';

/** Adds one file or folder, with its permissions and not its owner. Rejects when a large file shrinks meanwhile. */
export async function addSource(tar: TarPackController, source: Source): Promise<Added> {
  try {
    await using handle = await openSource(source);
    const stat = await handle.stat();
    const mode = stat.mode & 0o777;
    if (source.kind === 'directory') {
      if (!stat.isDirectory()) return { leftOut: 'gone' };
      await tar
        .add({ name: `${source.path}/`, size: 0, mode, mtime: stat.mtime, type: 'directory' })
        .close();
      return 'directory';
    }
    if (!stat.isFile()) return { leftOut: 'special' };
    const header = { name: source.path, mode, mtime: stat.mtime };
    if (stat.size <= WHOLE_BYTES)
      return { file: await addBytes(tar, header, await handle.readFile()) };
    return { file: await addLarge(tar, { ...header, size: stat.size }, handle) };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { leftOut: 'gone' };
    if (isErrno(error, 'EACCES')) return { leftOut: 'unreadable' };
    if (isErrno(error, 'ELOOP', 'ENXIO')) return { leftOut: 'link' };
    throw error;
  }
}

/** Folder after folder from the root: an agent may exchange any of them for a link while we read. */
async function openSource({ root, relative }: Source): Promise<FileHandle> {
  const names = relative.split('/');
  const name = names.pop() ?? '';
  await using stack = new AsyncDisposableStack();
  let folder = stack.use(await OpenedFolder.open(root));
  for (const part of names) folder = stack.use(await folder.openFolder(part));
  return await open(await folder.pathOf(name), READ_FLAGS);
}

/** Adds what is in memory. */
export async function addBytes(
  tar: TarPackController,
  header: Omit<TarHeader, 'size' | 'type'>,
  bytes: Uint8Array,
): Promise<ManifestFile> {
  const size = bytes.byteLength;
  const writer = tar.add({ ...header, size, type: 'file' }).getWriter();
  if (size > 0) await writer.write(bytes);
  await writer.close();
  return { path: header.name, size, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Exactly as many bytes as the header says: what a writer appends meanwhile belongs to the next backup. */
async function addLarge(
  tar: TarPackController,
  header: TarHeader,
  handle: FileHandle,
): Promise<ManifestFile> {
  const { name: path, size } = header;
  const hash = createHash('sha256');
  const writer = tar.add({ ...header, type: 'file' }).getWriter();
  for (let done = 0; done < size; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - done));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, done);
    if (bytesRead === 0) {
      throw new BackupError(`${path} became smaller while it was read. Make the backup again.`);
    }
    const bytes = chunk.subarray(0, bytesRead);
    hash.update(bytes);
    await writer.write(bytes);
    done += bytesRead;
  }
  await writer.close();
  return { path, size, sha256: hash.digest('hex') };
}
