/** A group as a NanoClaw installation has registered it, with what belongs to it. */
export interface SourceGroup {
  readonly jid: string;
  readonly name: string;
  readonly folder: string;
  /** Word that was shown as the trigger, such as `@Andy`. */
  readonly trigger?: string | undefined;
  readonly requiresTrigger?: boolean | undefined;
  readonly isMain: boolean;
  readonly addedAt?: string | undefined;
  /** As it is; checked when it becomes a registration. */
  readonly containerConfig?: unknown;
}

export interface SourceTask {
  readonly id: string;
  readonly folder: string;
  readonly prompt: string;
  readonly scheduleType: string;
  readonly scheduleValue: string;
  readonly contextMode: 'group' | 'isolated';
  readonly status: string;
  readonly script?: string | undefined;
}

/** What an installation of NanoClaw v1 says about itself. Files of groups are looked at later. */
export interface NanoclawState {
  readonly groups: readonly SourceGroup[];
  readonly tasks: readonly SourceTask[];
  /** Ids of Claude's sessions by the folders of groups. */
  readonly sessions: ReadonlyMap<string, string>;
  /** Sentences about what could not be read. */
  readonly problems: readonly string[];
}

export const NO_STATE: NanoclawState = {
  groups: [],
  tasks: [],
  sessions: new Map(),
  problems: [],
};

/** One installation kept its state in two places over time: the first that names a group or session is right. */
export function mergeStates(states: readonly NanoclawState[]): NanoclawState {
  const groups = new Map<string, SourceGroup>();
  const sessions = new Map<string, string>();
  for (const state of states) {
    for (const group of state.groups) if (!groups.has(group.jid)) groups.set(group.jid, group);
    for (const [folder, id] of state.sessions) if (!sessions.has(folder)) sessions.set(folder, id);
  }
  return {
    groups: [...groups.values()],
    tasks: states.flatMap(({ tasks }) => tasks),
    sessions,
    problems: states.flatMap(({ problems }) => problems),
  };
}
