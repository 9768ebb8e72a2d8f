import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import {
  compareRegistrations,
  type GroupMap,
  type RegistrationChanges,
  type RegistrationProblem,
} from '../core/registration.ts';
import type { Logger } from '../logger.ts';
import {
  type EditOutcome,
  editRegistrations,
  type GroupInput,
  type RegistrationEdit,
} from './edit.ts';
import { createReader } from './reader.ts';
import { formatProblems } from './text.ts';

/** Editors touch a file in several steps; a read waits until they are done. */
const SETTLE_MS = 50;
/** Changes are seen by events; this finds what an event missed. */
const SWEEP_MS = 10_000;

export interface RegistrationsOptions {
  /** `data/registered_groups.json`; need not exist. */
  readonly path: string;
  readonly logger: Logger;
  readonly now: Now;
  /** After every change of the known groups, whoever made it; `all()` already has the new state. */
  readonly onChange?: (changes: RegistrationChanges) => void;
  /** Once per broken state of the file; the last good state stays in force. */
  readonly onProblem?: (problems: readonly RegistrationProblem[]) => void;
  readonly settleMs?: number;
  readonly sweepMs?: number;
}

/** The file was broken when the host started, so that no good state is known. */
export class BrokenRegistrationsError extends Error {
  readonly problems: readonly RegistrationProblem[];

  constructor(path: string, problems: readonly RegistrationProblem[]) {
    super(`${path} cannot be used; mend it and start again:\n${formatProblems(problems)}`);
    this.name = 'BrokenRegistrationsError';
    this.problems = problems;
  }
}

export interface Registrations {
  get(jid: Jid): RegisteredGroup | undefined;
  byFolder(folder: string): RegisteredGroup | undefined;
  /** In the order of the file. */
  all(): readonly RegisteredGroup[];
  add(group: GroupInput, signal: AbortSignal): Promise<EditOutcome>;
  set(
    jid: Jid,
    fields: Extract<RegistrationEdit, { type: 'set' }>['fields'],
    signal: AbortSignal,
  ): Promise<EditOutcome>;
  remove(jid: Jid, signal: AbortSignal): Promise<EditOutcome>;
  /** Reads the file now and resolves when its state is in force or reported. */
  reload(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads the registrations and follows the file. A missing file registers nothing; a broken one rejects
 * with BrokenRegistrationsError, because a host that knows no groups would take messages of registered
 * groups for those of strangers.
 */
export async function createRegistrations(options: RegistrationsOptions): Promise<Registrations> {
  const { path, logger, now } = options;
  let groups: GroupMap = new Map();
  let byFolder: ReadonlyMap<string, RegisteredGroup> = new Map();

  const reader = createReader(path, {
    onGroups(next) {
      const changes = compareRegistrations(groups, next);
      groups = next;
      byFolder = new Map([...next.values()].map((group) => [group.folder, group]));
      const [added, changed, removed] = [changes.added, changes.changed, changes.removed].map(
        (list) => list.length,
      );
      if (!added && !changed && !removed) return;
      logger.info({ added, changed, removed }, 'registrations changed');
      options.onChange?.(changes);
    },
    onProblems(problems) {
      logger.error({ problems }, 'registrations broken, last good state kept');
      options.onProblem?.(problems);
    },
    onFailure(err) {
      logger.error({ err }, 'registrations not followed');
    },
  });
  const first = await reader.start();
  if (!first.ok) throw new BrokenRegistrationsError(path, first.problems);
  groups = first.groups;
  byFolder = new Map([...groups.values()].map((group) => [group.folder, group]));
  const watching = await followFile(options, reader.read);

  const edit = async (change: RegistrationEdit, signal: AbortSignal): Promise<EditOutcome> => {
    const outcome = await editRegistrations({ path, now }, change, signal);
    await reader.read();
    return outcome;
  };
  return {
    get: (jid) => groups.get(jid),
    byFolder: (folder) => byFolder.get(folder),
    all: () => [...groups.values()],
    add: (group, signal) => edit({ type: 'add', group }, signal),
    set: (jid, fields, signal) => edit({ type: 'set', jid, fields }, signal),
    remove: (jid, signal) => edit({ type: 'remove', jid }, signal),
    reload: reader.read,
    async [Symbol.asyncDispose]() {
      await watching[Symbol.asyncDispose]();
      await reader.stop();
    },
  };
}

/** Calls `read` some time after the file may have changed: on events, and by a slow sweep. */
async function followFile(
  { path, logger, settleMs = SETTLE_MS, sweepMs = SWEEP_MS }: RegistrationsOptions,
  read: () => Promise<void>,
): Promise<AsyncDisposable> {
  const folder = resolve(dirname(path));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const timers = new Set<NodeJS.Timeout>();
  const readSoon = () => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    timers.add(setTimeout(() => void read(), settleMs));
  };
  // The folder, because editors replace the file. Its other files are none of our business, and `raw`
  // says which name an event was about without a stat of any of them.
  const watcher = watch(folder, {
    depth: 0,
    followSymlinks: false,
    ignoreInitial: true,
    ignored: (candidate) => resolve(candidate) !== folder,
  });
  watcher.on('raw', (_event, name) => {
    if (name === basename(path)) readSoon();
  });
  watcher.on('error', (err) => logger.warn({ err }, 'registrations watcher failed, sweeping only'));
  const sweep = setInterval(() => void read(), sweepMs);
  await once(watcher, 'ready');
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
      for (const timer of timers) clearTimeout(timer);
      await watcher.close();
    },
  };
}
