import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Reasons for which a file simply is not there to be read: missing, a link, not a directory above. */
const ABSENT_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR']);

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

async function readStart(file: FileHandle, maxBytes: number): Promise<string | undefined> {
  if (!(await file.stat()).isFile()) return undefined;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
  // A character cut in two at the limit is left out instead of becoming a replacement character.
  return new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: true });
}

/**
 * The first `maxBytes` of a text file that the agent can write. Undefined when there is no regular file
 * of that name; a link is not followed and a pipe is not waited for.
 */
export async function readBoundedFile(path: string, maxBytes: number): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let file: FileHandle;
  try {
    file = await open(path, flags);
  } catch (error) {
    if (ABSENT_CODES.has(errorCode(error) ?? '')) return undefined;
    throw error;
  }
  await using opened = file;
  return await readStart(opened, maxBytes);
}
