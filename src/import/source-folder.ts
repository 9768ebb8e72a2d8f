import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isErrno } from '../errno.ts';
import { readAtMost } from '../safe-file.ts';

/** The folder that is imported from cannot be used at all; the message says why. */
export class SourceFolderError extends Error {
  override readonly name = 'SourceFolderError';
}

export type SourceText =
  | { readonly status: 'read'; readonly text: string }
  | { readonly status: 'missing' }
  /** The path and what is wrong with it, as one sentence. */
  | { readonly status: 'unusable'; readonly problem: string };

/** A folder of another program, which may hold anything. Nothing outside it is ever read. */
export interface SourceFolder {
  /** Absolute, without links. */
  readonly root: string;
  /** What lies at a path below; `escaped` when a link on the way leads out. */
  find(...names: string[]): Promise<'file' | 'folder' | 'other' | 'missing' | 'escaped'>;
  /** A text file with at most `maxBytes` bytes. */
  readText(path: string, maxBytes: number): Promise<SourceText>;
}

/** Throws {@link SourceFolderError} when there is no such folder. */
export async function openSourceFolder(path: string): Promise<SourceFolder> {
  const root = await findRoot(path);
  const find: SourceFolder['find'] = async (...names) => {
    const target = join(root, ...names);
    try {
      const real = await realpath(target);
      if (real !== root && !real.startsWith(`${root}${sep}`)) return 'escaped';
      const stat = await lstat(real);
      return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return 'missing';
      if (isErrno(error, 'ELOOP')) return 'escaped';
      throw error;
    }
  };
  return {
    root,
    find,
    async readText(relative, maxBytes) {
      const kind = await find(relative);
      if (kind === 'missing') return { status: 'missing' };
      if (kind === 'escaped') return unusable(relative, 'is a link that leads out of the folder');
      if (kind !== 'file') return unusable(relative, 'is no file');
      return readFileText(root, relative, maxBytes);
    },
  };
}

async function findRoot(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await lstat(root)).isDirectory()) return root;
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) throw error;
    throw new SourceFolderError(`${path} cannot be opened; name the folder of NanoClaw.`, {
      cause: error,
    });
  }
  throw new SourceFolderError(`${path} is no folder; name the folder of NanoClaw.`);
}

async function readFileText(root: string, relative: string, maxBytes: number): Promise<SourceText> {
  try {
    await using file = await open(join(root, relative), constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = await readAtMost(file, maxBytes);
    if (bytes === undefined) return unusable(relative, `is larger than ${maxBytes} bytes`);
    return { status: 'read', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return unusable(relative, 'is not UTF-8 text');
    if (isErrno(error, 'EACCES', 'EPERM')) return unusable(relative, 'may not be read by you');
    throw error;
  }
}

function unusable(path: string, what: string): SourceText {
  return { status: 'unusable', problem: `${path} ${what}.` };
}
