import { join } from 'node:path';
import type { RegisteredGroup } from '../../core/group.ts';
import type { GroupMap } from '../../core/registration.ts';
import type { PlanSetting } from '../../core/task.ts';
import { type FileTree, listFileTree } from '../file-tree.ts';
import type { SourceFolder } from '../source-folder.ts';
import { findConversation, type SourceConversation } from './conversation.ts';
import type { NanoclawState, SourceGroup } from './source.ts';
import { toRegistration } from './to-registration.ts';
import { type PlannedImport, toTasks } from './to-tasks.ts';

/** Written by NanoClaw about containers; nobody's memory. */
const SKIPPED_NAMES: ReadonlySet<string> = new Set(['logs']);

/** A group that is to be imported. */
export interface GroupPlan {
  readonly group: RegisteredGroup;
  /** Its folder there, absolute; absent when it has none. */
  readonly from?: string;
  readonly tree: FileTree;
  readonly tasks: readonly PlannedImport[];
  readonly conversation?: SourceConversation;
  /** An import of it was cut off before. */
  readonly isLeftover: boolean;
  readonly notes: readonly string[];
}

/** A group that stays out, and why. `isProblem`: something has to be mended, it was not imported before. */
export interface SkippedGroup {
  readonly jid: string;
  readonly name: string;
  readonly reason: string;
  readonly isProblem: boolean;
}

export interface ImportPlan {
  readonly groups: readonly GroupPlan[];
  readonly skipped: readonly SkippedGroup[];
}

/** What there is already on our side. */
export interface Present {
  readonly registered: GroupMap;
  /** Whether `groups/<folder>` or another folder of that name exists. */
  readonly hasFolder: (folder: string) => Promise<boolean>;
  /** The JID of a group whose import into this folder was cut off. */
  readonly leftoverOf: (folder: string) => Promise<string | undefined>;
}

export interface PlanDeps extends Present {
  readonly source: SourceFolder;
  readonly state: NanoclawState;
  readonly setting: PlanSetting;
}

export async function planImport(deps: PlanDeps): Promise<ImportPlan> {
  const groups: GroupPlan[] = [];
  const skipped: SkippedGroup[] = [];
  const taken = new Set<string>();
  // The main group first, so that no other takes its place.
  const sources = deps.state.groups.toSorted((a, b) => Number(b.isMain) - Number(a.isMain));
  const hasMain = () =>
    [...deps.registered.values(), ...groups.map(({ group }) => group)].some((one) => one.isMain);
  for (const source of sources) {
    const planned = await planGroup(deps, source, taken, !hasMain());
    if (planned.ok) groups.push(planned.plan);
    else {
      const { reason, isProblem } = planned;
      skipped.push({ jid: source.jid, name: source.name, reason, isProblem });
    }
  }
  return { groups, skipped };
}

type Planned = { ok: true; plan: GroupPlan } | { ok: false; reason: string; isProblem: boolean };

async function planGroup(
  deps: PlanDeps,
  source: SourceGroup,
  taken: Set<string>,
  mayBeMain: boolean,
): Promise<Planned> {
  const converted = toRegistration(source, mayBeMain || isOurMain(deps, source));
  if (!converted.ok) return { ok: false, reason: converted.reason, isProblem: true };
  const { group, notes } = converted;
  const isMarked = (await deps.leftoverOf(group.folder)) === group.jid;
  const isLeftover = isMarked && isStillItsOwn(deps, group);
  const conflict = isLeftover ? undefined : await findConflict(deps, group, taken);
  if (conflict !== undefined) return { ok: false, ...conflict };
  const found = await findGroupFiles(deps.source, source.folder);
  if (!found.ok) return { ok: false, reason: found.reason, isProblem: true };
  taken.add(group.folder);
  const belongings = await gather(deps, source.folder);
  const plan = { ...found.files, ...belongings, group, isLeftover };
  return { ok: true, plan: { ...plan, notes: [...notes, ...found.notes, ...belongings.notes] } };
}

type FoundFiles =
  | { ok: true; files: Pick<GroupPlan, 'from' | 'tree'>; notes: readonly string[] }
  | { ok: false; reason: string };

async function findGroupFiles(source: SourceFolder, folder: string): Promise<FoundFiles> {
  const place = await source.find('groups', folder);
  if (place === 'missing') {
    return { ok: true, files: { tree: NO_FILES }, notes: [`it has no folder groups/${folder}`] };
  }
  if (place !== 'folder') {
    return { ok: false, reason: `groups/${folder} is no folder within the installation` };
  }
  const from = join(source.root, 'groups', folder);
  const tree = await listFileTree(from, SKIPPED_NAMES);
  if (tree === undefined) return { ok: false, reason: `groups/${folder} may not be read by you` };
  return {
    ok: true,
    files: { from, tree },
    notes: tree.leftOut.map((what) => `left out: ${what}`),
  };
}

/** What belongs to a group but is not in its folder. */
async function gather(
  { source, state, setting }: PlanDeps,
  folder: string,
): Promise<Pick<GroupPlan, 'tasks' | 'conversation' | 'notes'>> {
  const own = state.tasks.filter((task) => task.folder === folder);
  const { tasks, notes } = toTasks(own, setting);
  const talk = await findConversation(source, folder, state.sessions);
  if (talk.status === 'found') return { tasks, conversation: talk.conversation, notes };
  return { tasks, notes: talk.status === 'lost' ? [...notes, talk.note] : notes };
}

/** Since an import was cut off, neither has the group got another folder nor the folder another group. */
function isStillItsOwn({ registered }: PlanDeps, { jid, folder }: RegisteredGroup): boolean {
  return [...registered.values()].every((one) => (one.jid === jid) === (one.folder === folder));
}

/** Of a leftover that is registered already: it is no other group that is main. */
function isOurMain({ registered }: PlanDeps, { jid }: SourceGroup): boolean {
  return registered.get(jid.toLowerCase())?.isMain === true;
}

const NO_FILES: FileTree = { files: [], bytes: 0, leftOut: [] };

async function findConflict(
  { registered, hasFolder }: PlanDeps,
  { jid, folder }: RegisteredGroup,
  taken: ReadonlySet<string>,
): Promise<{ reason: string; isProblem: boolean } | undefined> {
  if (registered.has(jid)) return { reason: 'is registered already', isProblem: false };
  const owner = [...registered.values()].find((group) => group.folder === folder);
  if (owner !== undefined || taken.has(folder)) {
    return { reason: `its folder ${folder} belongs to another group`, isProblem: true };
  }
  if (!(await hasFolder(folder))) return undefined;
  return {
    reason: `a folder ${folder} exists in groups/ or data/claude/: move it away to import this one`,
    isProblem: true,
  };
}
