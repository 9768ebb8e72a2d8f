import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Now } from '../clock.ts';
import {
  type IdentifiedTokens,
  readAccessOnlyAuth,
  renderAccessOnlyAuth,
} from '../core/access-only-auth.ts';
import { isErrno } from '../errno.ts';
import type { Logger } from '../logger.ts';
import { groupAuthPath, readGroupAuthFile, replacedAuthPath } from './group-auth-file.ts';
import { removeLeftovers, temporaryFor } from './private-file.ts';
import { adoptSeed, type SeedDeps } from './seed.ts';

export interface ContainerAuth {
  /** Gives the group's container this access token; a run that is going on takes it up after 401. */
  publish(folder: string, access: IdentifiedTokens): Promise<void>;
  /** Replaces a token that the container was given before. False when it has none from us. */
  renew(folder: string, access: IdentifiedTokens): Promise<boolean>;
  /** Takes it away again. False when the container had none from us: what a person has put there stays. */
  withdraw(folder: string): Promise<boolean>;
  /** Leaves nothing in the home that authenticates. What a person has put there is kept beside it, where it still counts. */
  clear(folder: string): Promise<void>;
  /**
   * Makes a sign-in that `codex login` has left in the group's own home the group's own profile. An access token takes its
   * place where the container `mayHold` one. False when there is none, or the group has a profile already. It never
   * becomes the installation's: an agent that is a plain process can write that folder.
   */
  adoptSeed(folder: string, mayHold: boolean): Promise<boolean>;
}

export interface ContainerAuthDeps extends Pick<SeedDeps, 'store' | 'paths'> {
  /** Gives a file to the user that agents run as: Codex silently ignores one that it may not read. */
  readonly handOver: (path: string) => Promise<void>;
  readonly now: Now;
  readonly logger: Logger;
}

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** An agent that puts folders in the way again and again does not get further. */
const MAX_TRIES = 3;

/** `data/codex/<folder>/.codex/auth.json`, the only credential of a sign-in that a container sees. */
export function createContainerAuth(deps: ContainerAuthDeps): ContainerAuth {
  const pathOf = (folder: string) => groupAuthPath(deps.paths, folder);
  const give = (folder: string, access: IdentifiedTokens) =>
    replace(deps, pathOf(folder), renderAccessOnlyAuth(access, deps.now()));
  const publish = async (folder: string, access: IdentifiedTokens) => {
    const content = await readGroupAuthFile(pathOf(folder));
    const given = content === undefined ? undefined : readAccessOnlyAuth(content);
    if (given?.accessToken === access.accessToken && given.accountId === access.accountId) return;
    if (content !== undefined && !given) await setAside(deps, folder, content);
    await give(folder, access);
  };
  const hasGiven = async (folder: string) => {
    const content = await readGroupAuthFile(pathOf(folder));
    return content !== undefined && readAccessOnlyAuth(content) !== undefined;
  };
  return {
    publish,
    async renew(folder, access) {
      if (!(await hasGiven(folder))) return false;
      await publish(folder, access);
      return true;
    },
    async withdraw(folder) {
      if (!(await hasGiven(folder))) return false;
      await rm(pathOf(folder), { force: true });
      return true;
    },
    async clear(folder) {
      const path = pathOf(folder);
      const content = await readGroupAuthFile(path);
      // What the host does not read, such as a file with two names, its container might.
      if (content === undefined) return await moveAway(deps, path);
      if (readAccessOnlyAuth(content) === undefined) await setAside(deps, folder, content);
      await rm(path, { force: true });
    },
    adoptSeed: (folder, mayHold) =>
      adoptSeed(
        {
          ...deps,
          async replace(path, access) {
            if (mayHold) await give(folder, access);
            if (!mayHold || path !== pathOf(folder)) await rm(path, { force: true });
          },
        },
        folder,
      ),
  };
}

/**
 * The new file is made and handed over beside the mounted folder, where no agent reaches, and takes its place in one
 * step. Nothing in the mounted folder is opened for writing or followed.
 */
async function replace(deps: ContainerAuthDeps, path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = join(outOfReach(path), 'auth.json');
  await removeLeftovers(beside);
  const temporary = temporaryFor(beside);
  try {
    await writeNew(temporary, content);
    await deps.handOver(temporary);
    await moveOver(deps, temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A key or sign-in that a person has put there is not ours to destroy; the latest is kept for them. */
async function setAside(
  { paths, logger }: ContainerAuthDeps,
  folder: string,
  content: string,
): Promise<void> {
  const kept = replacedAuthPath(paths, folder);
  await rm(kept, { force: true });
  await writeNew(kept, content);
  logger.warn({ kept }, 'another credential in the home of a group was set aside');
}

async function writeNew(path: string, content: string): Promise<void> {
  await using file = await open(path, WRITE_FLAGS, 0o600);
  await file.writeFile(content);
  await file.sync();
}

/** The folder above the one that is mounted. */
function outOfReach(path: string): string {
  return dirname(dirname(path));
}

async function moveOver(deps: ContainerAuthDeps, from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (tries === MAX_TRIES || !isErrno(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
      await moveAway(deps, to);
    }
  }
}

/** Whatever it is; when there is something. */
async function moveAway({ logger }: ContainerAuthDeps, path: string): Promise<void> {
  const kept = join(outOfReach(path), `auth.json.${randomBytes(4).toString('hex')}.set-aside`);
  try {
    await rename(path, kept);
    logger.warn({ kept }, 'what is in the place of a credential was set aside');
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
