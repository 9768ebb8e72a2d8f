import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { MAX_REQUEST_BYTES } from '@deckhand/protocol';
import { isErrno } from '../errno.ts';
import { readAtMost } from '../safe-file.ts';
import type { Refusal } from './command.ts';

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
    /* v8 ignore next -- @preserve: only who renames in the host's own folder comes here */
    if (!opened.isFile()) return unsafe('is not a regular file');
    if (opened.nlink !== 1) return unsafe('has more than one name');
    const bytes = await readAtMost(handle, MAX_REQUEST_BYTES);
    return bytes === undefined ? tooLarge : { ok: true, bytes };
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
