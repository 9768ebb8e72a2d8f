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
  const leftover = (await deps.leftoverOf(group.folder)) === group.jid;
  const conflict = leftover ? undefined : await findConflict(deps, group, taken);
  if (conflict !== undefined) return { ok: false, ...conflict };
  taken.add(group.folder);
  const place = await deps.source.find('groups', source.folder);
  if (place !== 'folder' && place !== 'missing') {
    const reason = `groups/${source.folder} is no folder within the installation`;
    return { ok: false, reason, isProblem: true };
  }
  const from = join(deps.source.root, 'groups', source.folder);
  const tree = place === 'folder' ? await listFileTree(from, SKIPPED_NAMES) : NO_FILES;
  const tasks = toTasks(
    deps.state.tasks.filter(({ folder }) => folder === source.folder),
    deps.setting,
  );
  const talk = await findConversation(deps.source, source.folder, deps.state.sessions);
  const plan = {
    group,
    ...(place === 'folder' ? { from } : {}),
    tree,
    tasks: tasks.tasks,
    ...(talk.status === 'found' ? { conversation: talk.conversation } : {}),
    isLeftover: leftover,
    notes: [
      ...notes,
      ...(place === 'missing' ? [`it has no folder groups/${source.folder}`] : []),
      ...tree.leftOut.map((what) => `left out: ${what}`),
      ...tasks.notes,
      ...(talk.status === 'lost' ? [talk.note] : []),
    ],
  };
  return { ok: true, plan };
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
