import { z } from 'zod';
import type { SourceFolder } from '../source-folder.ts';
import { type NanoclawState, NO_STATE, type SourceGroup } from './source.ts';

/** Some 300 bytes a group. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

const groupSchema = z.looseObject({
  name: z.string(),
  folder: z.string(),
  trigger: z.string().optional(),
  added_at: z.string().optional(),
  requiresTrigger: z.boolean().optional(),
  isMain: z.boolean().optional(),
  containerConfig: z.unknown().optional(),
});
const sessionSchema = z.string().min(1);

type Entries =
  | { readonly ok: true; readonly entries: readonly [string, unknown][] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The files of the first versions. Later ones read them into the database once and add `.migrated` to their names. */
export async function readJsonState(source: SourceFolder, suffix = ''): Promise<NanoclawState> {
  const groupsFile = `data/registered_groups.json${suffix}`;
  const sessionsFile = `data/sessions.json${suffix}`;
  const groups = await readEntries(source, groupsFile);
  const sessions = await readEntries(source, sessionsFile);
  return {
    ...NO_STATE,
    ...readGroups(groups, groupsFile),
    sessions: readSessions(sessions),
    problems: [
      ...readGroups(groups, groupsFile).problems,
      ...(sessions.ok ? [] : sessions.problems),
    ],
  };
}

function readGroups(found: Entries, file: string): Pick<NanoclawState, 'groups' | 'problems'> {
  if (!found.ok) return { groups: [], problems: found.problems };
  const groups: SourceGroup[] = [];
  const problems: string[] = [];
  for (const [jid, entry] of found.entries) {
    const parsed = groupSchema.safeParse(entry);
    if (parsed.success) groups.push(toGroup(jid, parsed.data));
    else problems.push(`${file}: the entry of ${jid} has no name and folder.`);
  }
  return { groups, problems };
}

function toGroup(jid: string, entry: z.infer<typeof groupSchema>): SourceGroup {
  const { name, folder, trigger, requiresTrigger, isMain, containerConfig } = entry;
  return {
    jid,
    name,
    folder,
    trigger,
    requiresTrigger,
    isMain: isMain ?? folder === 'main',
    addedAt: entry.added_at,
    containerConfig,
  };
}

function readSessions(found: Entries): ReadonlyMap<string, string> {
  if (!found.ok) return new Map();
  return new Map(
    found.entries.flatMap(([folder, id]) => {
      const parsed = sessionSchema.safeParse(id);
      return parsed.success ? [[folder, parsed.data] as const] : [];
    }),
  );
}

async function readEntries(source: SourceFolder, file: string): Promise<Entries> {
  const read = await source.readText(file, MAX_FILE_BYTES);
  if (read.status === 'missing') return { ok: true, entries: [] };
  if (read.status === 'unusable') return { ok: false, problems: [read.problem] };
  try {
    const value: unknown = JSON.parse(read.text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { ok: true, entries: Object.entries(value) };
    }
    return { ok: false, problems: [`${file} does not hold an object.`] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, problems: [`${file} is not valid JSON: ${error.message}.`] };
  }
}
