import { constants, createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { isErrno } from '../errno.ts';
import { BackupError } from './backup-error.ts';

/** Rejects with BackupError for a file that is not there or not for this user, before anything is made for it. */
export async function refuseUnreadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw explain(error, file);
  }
}

/**
 * Calls for every entry of an archive in order; `take` has to read or cancel its body. Rejects with BackupError when
 * the file is no archive, damaged or cut short, and with what `take` throws.
 */
export async function readArchive(
  file: string,
  take: (entry: ParsedTarEntry) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const decoder = createTarDecoder({ strict: true });
  const source = createReadStream(file, { signal });
  const unzipped = createGunzip();
  // Its end is seen by the reader of the entries as well, which alone reports it.
  const fed = pipeline(source, unzipped, { signal }).catch(() => undefined);
  try {
    const tar = Readable.toWeb(unzipped) as ReadableStream<Uint8Array>;
    for await (const entry of tar.pipeThrough(decoder)) {
      signal.throwIfAborted();
      await take(entry);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error, file);
  } finally {
    unzipped.destroy();
    await fed;
  }
}

/** Faults of the disk stay what they are; everything else that is nobody else’s is the archive’s. */
function explain(error: unknown, file: string): unknown {
  if (error instanceof BackupError) return error;
  if (isErrno(error, 'ENOENT')) {
    return new BackupError(`There is no file ${file}.`, { cause: error });
  }
  if (isErrno(error, 'EACCES', 'EISDIR')) {
    return new BackupError(`${file} cannot be read. Is it the backup?`, { cause: error });
  }
  if (isErrno(error, 'ENOSPC', 'EIO', 'EROFS', 'EDQUOT')) return error;
  return new BackupError(
    `${file} is not a whole backup of Deckhand: it is damaged, cut short or something else. Nothing was changed.`,
    { cause: error },
  );
}
