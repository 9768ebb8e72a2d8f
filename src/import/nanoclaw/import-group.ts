import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Now } from '../../clock.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { Db } from '../../db/database.ts';
import { createSessions } from '../../db/sessions.ts';
import { createTasks } from '../../db/tasks.ts';
import type { HostPaths } from '../../paths.ts';
import { editRegistrations } from '../../registrations/edit.ts';
import { formatProblems } from '../../registrations/text.ts';
import { copyTree } from '../copy-tree.ts';
import type { GroupPlan } from './plan.ts';
import type { UnfinishedMarks } from './unfinished.ts';

export interface ImportGroupDeps {
  readonly db: Db;
  readonly paths: HostPaths;
  readonly marks: UnfinishedMarks;
  readonly isRegistered: (jid: string) => boolean;
  /** Puts a starter into a group's folder that has no memory yet. */
  readonly startMemory: (folder: string) => Promise<unknown>;
  readonly now: Now;
}

export type ImportedGroup =
  | { readonly status: 'imported' }
  /** Nothing of it is left behind. */
  | { readonly status: 'failed'; readonly reason: string };

/**
 * Imports one group, all of it or nothing: files are copied aside and moved into place, then it is registered, then it
 * gets its tasks and its session. A mark says that this goes on, so that the next import ends what a crash has cut off.
 */
export async function importGroup(
  deps: ImportGroupDeps,
  plan: GroupPlan,
  signal: AbortSignal,
): Promise<ImportedGroup> {
  const { folder, jid } = plan.group;
  try {
    await using undo = new AsyncDisposableStack();
    if (!plan.isLeftover || !deps.isRegistered(jid)) {
      // What a cut-off import has left was never anybody's: it was not registered.
      if (plan.isLeftover) await removeFolders(deps.paths, folder);
      await deps.marks.set(folder, jid);
      undo.defer(() => deps.marks.clear(folder));
      await placeGroupFolder(deps, plan, undo, signal);
      await placeTranscripts(deps.paths, plan, undo, signal);
      await register(deps, plan.group, undo, signal);
    }
    storeTasksAndSession(deps, plan);
    undo.move();
    await deps.marks.clear(folder);
    return { status: 'imported' };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { status: 'failed', reason: error.message };
  }
}

async function placeGroupFolder(
  { paths, startMemory }: ImportGroupDeps,
  { group: { folder }, from, tree }: GroupPlan,
  undo: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const target = paths.groupFolder(folder);
  const aside = asideOf(paths, folder);
  await rm(aside, { recursive: true, force: true });
  undo.defer(() => rm(aside, { recursive: true, force: true }));
  await copyTree(from ?? '', aside, tree.files, signal);
  await rename(aside, target);
  undo.defer(() => rm(target, { recursive: true, force: true }));
  await startMemory(folder);
}

async function placeTranscripts(
  paths: HostPaths,
  { group: { folder }, conversation }: GroupPlan,
  undo: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  if (conversation === undefined) return;
  const home = paths.claudeHome(folder);
  await mkdir(dirname(dirname(home)), { recursive: true, mode: 0o700 });
  // Rejects when somebody has made one meanwhile, which is not ours to fill or to remove.
  await mkdir(dirname(home), { mode: 0o700 });
  undo.defer(() => rm(dirname(home), { recursive: true, force: true }));
  const { from, tree } = conversation;
  await copyTree(from, join(home, 'projects'), tree.files, signal);
}

async function register(
  { paths, now }: ImportGroupDeps,
  group: RegisteredGroup,
  undo: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const target = { path: paths.registrations, now };
  const outcome = await editRegistrations(target, { type: 'add', group }, signal);
  if (outcome.status === 'refused') throw new Error(formatProblems(outcome.problems));
  undo.defer(async () => {
    const { jid } = group;
    await editRegistrations(target, { type: 'remove', jid }, new AbortController().signal);
  });
}

function storeTasksAndSession(
  { db, now }: ImportGroupDeps,
  { group: { folder, jid: chatJid }, tasks, conversation }: GroupPlan,
): void {
  const store = createTasks(db);
  const sessions = createSessions(db);
  const insertAll = db.transaction(() => {
    for (const { id, plan, isPaused, nextRunAt } of tasks) {
      // Of an import that was cut off.
      if (store.find(id) !== undefined) continue;
      store.insert(plan, { id, folder, chatJid, createdBy: 'import', nextRunAt, now: now() });
      if (isPaused) store.setStatus(id, { status: 'paused' }, now());
    }
    if (conversation !== undefined) sessions.goOn(folder, 'claude', conversation.sessionId, now());
  });
  insertAll.immediate();
}

function asideOf({ groups }: HostPaths, folder: string): string {
  return join(groups, `.import-${folder}`);
}

async function removeFolders(paths: HostPaths, folder: string): Promise<void> {
  const left = [
    asideOf(paths, folder),
    paths.groupFolder(folder),
    dirname(paths.claudeHome(folder)),
  ];
  for (const path of left) await rm(path, { recursive: true, force: true });
}
