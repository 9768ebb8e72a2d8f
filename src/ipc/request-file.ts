import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { MAX_REQUEST_BYTES } from '@deckhand/protocol';
import type { Refusal } from './command.ts';
import { isErrno } from './errno.ts';

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export type RequestBytes = { ok: true; bytes: Buffer } | ({ ok: false } & Refusal);

/**
 * Reads a claimed request. It lies in a folder of the host's own, but what was moved there is the agent's:
 * it may be a link, a pipe or of any size, and the agent may still write to it.
 */
export async function readRequestFile(path: string): Promise<RequestBytes> {
  // Before the open, because opening a device can have effects.
  if (!(await lstat(path)).isFile()) return unsafe('is not a regular file');
  try {
    await using handle = await open(path, READ_FLAGS);
    const opened = await handle.stat();
    if (!opened.isFile()) return unsafe('is not a regular file');
    if (opened.nlink !== 1) return unsafe('has more than one name');
    if (opened.size > MAX_REQUEST_BYTES) return tooLarge;
    // One byte more than allowed tells a file that grew after the stat.
    const buffer = Buffer.alloc(MAX_REQUEST_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > MAX_REQUEST_BYTES) return tooLarge;
    }
    return { ok: true, bytes: buffer.subarray(0, length) };
  } catch (error) {
    if (isErrno(error, 'ELOOP', 'ENXIO', 'EACCES', 'EPERM')) return unsafe('cannot be read');
    throw error;
  }
}

const tooLarge = {
  ok: false,
  code: 'too_large',
  error: `The request is larger than ${MAX_REQUEST_BYTES} bytes. Split it into several.`,
} as const;

function unsafe(what: string): RequestBytes {
  return {
    ok: false,
    code: 'unsafe_file',
    error: `The request ${what}. Write a plain file and rename it into place.`,
  };
}
