import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { type RegisteredGroup, registeredGroupSchema } from './group.ts';
import type { Jid } from './message.ts';

/** Something a person has to mend in the registrations. */
export interface RegistrationProblem {
  /** Where, as a dotted path from the top of the file; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong there and what to do. */
  readonly message: string;
}

export type GroupMap = ReadonlyMap<Jid, RegisteredGroup>;

export type RegistrationCheck =
  | { ok: true; groups: GroupMap }
  | { ok: false; problems: readonly RegistrationProblem[] };

export interface RegistrationChanges {
  readonly added: readonly RegisteredGroup[];
  readonly changed: readonly {
    readonly before: RegisteredGroup;
    readonly after: RegisteredGroup;
  }[];
  readonly removed: readonly RegisteredGroup[];
}

/**
 * Reads the content of `registered_groups.json` (parsed JSON) as a whole: one bad entry refuses the file,
 * so that no group is served under half-understood settings. Every problem is listed, not only the first.
 */
export function checkRegistrations(value: unknown): RegistrationCheck {
  // Not z.record: it passes over a key named __proto__ without a word.
  if (!isObject(value)) {
    const message = 'must be an object: { "<jid>": { "name": …, "folder": … } }';
    return { ok: false, problems: [{ path: '', message }] };
  }
  const groups = new Map<Jid, RegisteredGroup>();
  const problems: RegistrationProblem[] = [];
  for (const [jid, entry] of Object.entries(value)) {
    if (!isObject(entry)) {
      problems.push({ path: jid, message: 'must be an object with at least "name" and "folder"' });
      continue;
    }
    const parsed = registeredGroupSchema.safeParse(completeEntry(jid, entry));
    if (parsed.success) groups.set(jid, parsed.data);
    else problems.push(...describeIssues(parsed.error, [jid]));
    problems.push(...checkJid(jid, entry.jid));
  }
  problems.push(...checkFolders(groups), ...checkMain(groups));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, groups };
}

/**
 * NanoClaw v1 keeps the JID in the key alone and marks the main group by its folder `main`; an entry that
 * says `isMain` itself is taken at its word.
 */
function completeEntry(jid: Jid, entry: Record<string, unknown>): unknown {
  const isMain = entry.isMain === undefined && entry.folder === 'main' ? { isMain: true } : {};
  return { ...isMain, ...entry, jid };
}

function checkJid(key: Jid, inside: unknown): RegistrationProblem[] {
  const problems: RegistrationProblem[] = [];
  if (inside !== undefined && inside !== key) {
    problems.push({
      path: `${key}.jid`,
      message: 'must equal the key of the entry, or be left out',
    });
  }
  const canonical = key.toLowerCase().replace(/:\d+@/, '@');
  if (canonical !== key) {
    problems.push({
      path: key,
      message: `write the JID in lower case and without a device: ${canonical}`,
    });
  }
  return problems;
}

function checkFolders(groups: GroupMap): RegistrationProblem[] {
  const owners = new Map<string, Jid>();
  const problems: RegistrationProblem[] = [];
  for (const [jid, { folder }] of groups) {
    const owner = owners.get(folder);
    if (owner === undefined) owners.set(folder, jid);
    else
      problems.push({
        path: `${jid}.folder`,
        message: `"${folder}" belongs to ${owner}; choose another`,
      });
  }
  return problems;
}

function checkMain(groups: GroupMap): RegistrationProblem[] {
  const mains = [...groups].filter(([, group]) => group.isMain).map(([jid]) => jid);
  return mains.slice(1).map((jid) => ({
    path: `${jid}.isMain`,
    message: `only one group may be main, and ${mains[0]} is; set "isMain": false here or there`,
  }));
}

function describeIssues(error: z.ZodError, at: readonly string[]): RegistrationProblem[] {
  return error.issues.flatMap((issue) => {
    const path = [...at, ...issue.path.map(String)];
    if (issue.code !== 'unrecognized_keys')
      return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      message: 'is not a known field; remove it or correct its spelling',
    }));
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function compareRegistrations(before: GroupMap, after: GroupMap): RegistrationChanges {
  const changed = [...after.values()].flatMap((group) => {
    const old = before.get(group.jid);
    return old && !isDeepStrictEqual(old, group) ? [{ before: old, after: group }] : [];
  });
  return {
    added: [...after.values()].filter((group) => !before.has(group.jid)),
    changed,
    removed: [...before.values()].filter((group) => !after.has(group.jid)),
  };
}
