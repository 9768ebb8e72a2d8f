import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isErrno } from './errno.ts';

/** A file in an agent's reach is a link, a device, too large or otherwise not what it should be. */
export class UnsafeFileError extends Error {
  override readonly name = 'UnsafeFileError';
}

/**
 * Reads a text file that an agent may have replaced: no link is followed, a FIFO does not block, only a
 * regular file with one name and at most `maxBytes` bytes is read. Undefined when there is none.
 */
export async function readOwnedFile(path: string, maxBytes: number): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    await using file = await open(path, flags);
    const stat = await file.stat();
    if (!stat.isFile() || stat.nlink > 1) throw new UnsafeFileError('is not a regular file');
    const bytes = await readAtMost(file, maxBytes);
    if (bytes === undefined) throw new UnsafeFileError(`is larger than ${maxBytes} bytes`);
    return bytes.toString('utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'ELOOP')) throw new UnsafeFileError('is a link', { cause: error });
    if (isErrno(error, 'ENXIO'))
      throw new UnsafeFileError('is not a regular file', { cause: error });
    throw error;
  }
}

/** The whole file, or undefined when it is larger: its size is no guide while somebody writes to it. */
export async function readAtMost(file: FileHandle, maxBytes: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > maxBytes) return undefined;
  }
}
