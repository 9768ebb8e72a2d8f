import { dirname, join, resolve } from 'node:path';
import { type After, type Now, systemAfter } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Db } from '../db/database.ts';
import { createIpcRequests } from '../db/ipc-requests.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import { createClaimHandler } from './claim-handler.ts';
import { Claims } from './claims.ts';
import { type CommandTable, REQUEST_BOXES } from './command.ts';
import { type CreateFolderHints, createFolderHints } from './folder-hints.ts';
import { GroupMailbox } from './group-mailbox.ts';
import { MailboxFolderTree } from './mailbox-folder.ts';
import { Quarantine } from './quarantine.ts';
import { Replies } from './replies.ts';
import type { Rate } from './token-bucket.ts';

/** A request costs the host one to two milliseconds, so a flood takes a fifth of a core at most. */
const REQUEST_RATE: Rate = { burst: 200, perSecond: 100 };
const SWEEP_MS = { active: 1_000, quiet: 10_000 };
const PRUNE_EVERY_MS = 3_600_000;
const REMEMBER_MS = 7 * 24 * 3_600_000;
/** As many as there are threads for file work. */
const OPENED_AT_ONCE = 4;
/** Requests remembered per group. */
const REMEMBER_COUNT = 10_000;

export interface MailboxesDeps {
  readonly paths: Pick<HostPaths, 'ipcRoot' | 'claimedRoot' | 'quarantineRoot'>;
  readonly db: Db;
  /** Current registrations; asked at every request. */
  readonly groups: { byFolder(folder: string): RegisteredGroup | undefined };
  readonly commands: CommandTable;
  readonly logger: Logger;
  readonly now: Now;
  readonly after?: After;
  readonly createHints?: CreateFolderHints;
  /** Requests handled per group; more of them wait. */
  readonly rate?: Rate;
}

export interface Mailboxes {
  /** Makes the folders of a group's mailbox. A container of the group needs them before it is created. */
  ensureMailbox(folder: string): Promise<void>;
  /** Serves exactly these groups from now on. Resolves when their mailboxes exist and are watched. */
  setFolders(folders: readonly string[]): Promise<void>;
  /** Whether a container of the group runs: its mailbox is swept more often, and once at each change. */
  setActive(folder: string, isActive: boolean): void;
  /**
   * Looks at the group's mailbox now and resolves when what lay in it has been handled. At the end of a run
   * this puts the messages it sent before its answer. A group in a flood can make this long.
   */
  settle(folder: string): Promise<void>;
  /**
   * Resolves when the first look into the group's mailbox since it was opened has ended, whatever came of it;
   * undefined when it has.
   */
  recovering(folder: string): Promise<void> | undefined;
  /** Resolves when no mailbox has anything in hand. */
  idle(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createMailboxes(deps: MailboxesDeps): Promise<Mailboxes> {
  const { db, logger, now, after = systemAfter } = deps;
  const ipcRoot = resolve(deps.paths.ipcRoot);
  const quarantine = new Quarantine(deps.paths.quarantineRoot, now);
  const requests = createIpcRequests(db);
  const mailboxes = new Map<string, GroupMailbox>();
  const active = new Set<string>();
  const stopping = new AbortController();
  const treeOf = (folder: string) => new MailboxFolderTree(ipcRoot, folder, quarantine);
  const pathsOf = (folder: string) => REQUEST_BOXES.map((box) => join(ipcRoot, folder, box));
  const hints = await (deps.createHints ?? createFolderHints)(
    (path) => mailboxes.get(folderOf(ipcRoot, path))?.nudge(),
    logger,
  );

  const openMailbox = async (folder: string): Promise<void> => {
    const tree = treeOf(folder);
    await tree.ensure();
    const claims = new Claims(deps.paths.claimedRoot, folder);
    const replies = new Replies(tree);
    const request = { db, requests, commands: deps.commands, groups: deps.groups, now };
    const handler = createClaimHandler({
      folder,
      request,
      claims,
      replies,
      quarantine,
      logger,
      signal: stopping.signal,
    });
    const mailbox = new GroupMailbox({
      folder,
      tree,
      claims,
      handler,
      replies,
      logger,
      now,
      after,
      rate: deps.rate ?? REQUEST_RATE,
      sweepMs: SWEEP_MS,
      onFolderReplaced: (box) => {
        const path = join(ipcRoot, folder, box);
        hints.remove(path);
        hints.add(path);
      },
    });
    mailboxes.set(folder, mailbox);
    for (const path of pathsOf(folder)) hints.add(path);
    mailbox.setActive(active.has(folder));
  };
  const closeMailbox = async (folder: string): Promise<void> => {
    const mailbox = mailboxes.get(folder);
    mailboxes.delete(folder);
    for (const path of pathsOf(folder)) hints.remove(path);
    await mailbox?.[Symbol.asyncDispose]();
  };

  const cancelPruning = repeat(after, PRUNE_EVERY_MS, () => {
    requests.prune(now() - REMEMBER_MS, REMEMBER_COUNT);
  });
  let changing: Promise<void> = Promise.resolve();
  const change = async (folders: readonly string[]): Promise<void> => {
    const wanted = new Set(folders);
    const gone = [...mailboxes.keys()].filter((folder) => !wanted.has(folder));
    for (const folder of gone) await closeMailbox(folder);
    const fresh = [...wanted].filter((folder) => !mailboxes.has(folder));
    const openRest = async () => {
      for (let folder = fresh.shift(); folder !== undefined; folder = fresh.shift()) {
        await openMailbox(folder);
      }
    };
    await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openRest));
  };

  return {
    ensureMailbox: (folder) => treeOf(folder).ensure(),
    setFolders(folders) {
      const done = changing.then(() => change(folders));
      // A failed change is its caller's to handle; the next one starts all the same.
      changing = done.catch((err: unknown) => logger.error({ err }, 'mailboxes not changed'));
      return done;
    },
    setActive(folder, isActive) {
      if (isActive) active.add(folder);
      else active.delete(folder);
      mailboxes.get(folder)?.setActive(isActive);
    },
    async settle(folder) {
      const mailbox = mailboxes.get(folder);
      mailbox?.nudge();
      await mailbox?.idle();
    },
    recovering: (folder) => mailboxes.get(folder)?.recovering,
    async idle() {
      await changing;
      await Promise.all([...mailboxes.values()].map((mailbox) => mailbox.idle()));
    },
    async [Symbol.asyncDispose]() {
      cancelPruning();
      stopping.abort();
      await changing;
      // Not folder by folder: chokidar takes seconds to let go of a thousand.
      await Promise.all([...mailboxes.values()].map((mailbox) => mailbox[Symbol.asyncDispose]()));
      await hints[Symbol.asyncDispose]();
    },
  };
}

function folderOf(ipcRoot: string, requestFolder: string): string {
  return dirname(requestFolder).slice(ipcRoot.length + 1);
}

/** Calls now and then every `everyMs`; the returned function ends it. */
function repeat(after: After, everyMs: number, call: () => void): () => void {
  call();
  let cancel = after(everyMs, function again() {
    call();
    cancel = after(everyMs, again);
  });
  return () => cancel();
}
