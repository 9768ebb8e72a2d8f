import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../errno.ts';
import { prepareFolders } from '../../host-folders.ts';
import { CliError } from '../cli-error.ts';
import { installationPaths } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SetupSession } from './session.ts';
import { done, type SetupStep } from './step.ts';

/** Settings and folders, with keys and messages for the host's user only. */
export function createFoldersStep({ context }: SetupSession): SetupStep {
  const paths = installationPaths(context);
  const dotEnv = join(paths.home, '.env');
  return {
    name: 'folders',
    title: 'Settings and folders',
    flags: [],
    async findDone() {
      const isReady =
        (await isPrivate(paths.data)) &&
        (await isPrivate(dotEnv)) &&
        (await exists(paths.globalMemory));
      return isReady ? `.env, data/ and groups/ in ${paths.home}` : undefined;
    },
    async run() {
      try {
        await mkdir(paths.home, { recursive: true });
        await prepareFolders(paths);
        await copyTemplate(join(context.projectRoot, '.env.example'), dotEnv);
        await chmod(dotEnv, 0o600);
      } catch (error) {
        throw explain(error, paths.home);
      }
      return done(
        `made .env, data/ and groups/ in ${paths.home}; .env and data/ are for this user only`,
      );
    },
  };
}

/** What is there already holds somebody's settings and stays. */
async function copyTemplate(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

function explain(error: unknown, home: string): unknown {
  if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST')) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CliError(
    EXIT.notReady,
    `Deckhand cannot write to ${home} (${reason}). Give the folder to this user and make room, or choose ` +
      'another with DECKHAND_HOME.',
    { cause: error },
  );
}

/** Windows has no such modes: what exists there is as private as the folder it is in. */
async function isPrivate(path: string): Promise<boolean> {
  const found = await statIfThere(path);
  if (found === undefined) return false;
  return process.platform === 'win32' || (found.mode & 0o077) === 0;
}

async function exists(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== undefined;
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
