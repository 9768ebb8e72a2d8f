import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { type Db, openDatabaseReadonly } from '../../db/database.ts';
import type { SourceFolder } from '../source-folder.ts';
import { type NanoclawState, NO_STATE, type SourceGroup, type SourceTask } from './source.ts';

const FILE = 'store/messages.db';

/** Columns came over time; a row has those of its version. */
const groupRow = z.looseObject({
  jid: z.string(),
  name: z.string(),
  folder: z.string(),
  trigger_pattern: z.string().nullish(),
  added_at: z.string().nullish(),
  container_config: z.string().nullish(),
  requires_trigger: z.number().nullish(),
  is_main: z.number().nullish(),
});
const taskRow = z.looseObject({
  id: z.string(),
  group_folder: z.string(),
  prompt: z.string(),
  schedule_type: z.string(),
  schedule_value: z.string(),
  context_mode: z.string().nullish(),
  status: z.string().nullish(),
  script: z.string().nullish(),
});
const sessionRow = z.looseObject({ group_folder: z.string(), session_id: z.string().min(1) });

/** NanoClaw's database: tasks from the beginning, groups and sessions in later versions. */
export async function readSqliteState(source: SourceFolder): Promise<NanoclawState> {
  const kind = await source.find(FILE);
  if (kind === 'missing') return NO_STATE;
  if (kind !== 'file') return problem(`${FILE} is no file of this folder.`);
  try {
    const db = openDatabaseReadonly(join(source.root, FILE));
    try {
      return readTables(db);
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return problem(`${FILE} cannot be read: ${error.message}.`);
  }
}

function readTables(db: Db): NanoclawState {
  const groups = readTable(db, 'registered_groups', groupRow);
  const tasks = readTable(db, 'scheduled_tasks', taskRow);
  const sessions = readTable(db, 'sessions', sessionRow);
  const isForeign = [groups, tasks, sessions].every((table) => !table.exists);
  const configs = groups.rows.map(toGroup);
  return {
    groups: configs.map(({ group }) => group),
    tasks: tasks.rows.map(toTask),
    sessions: new Map(sessions.rows.map((row) => [row.group_folder, row.session_id])),
    problems: [
      ...(isForeign ? [`${FILE} has none of the tables of NanoClaw v1.`] : []),
      ...[groups, tasks, sessions].flatMap((table) => table.problems),
      ...configs.flatMap((one) => one.problem ?? []),
    ],
  };
}

interface ReadTable<T> {
  readonly exists: boolean;
  readonly rows: readonly T[];
  readonly problems: readonly string[];
}

function readTable<T>(db: Db, name: string, schema: z.ZodType<T>): ReadTable<T> {
  const exists =
    db
      .prepare("select 1 from sqlite_master where type in ('table', 'view') and name = ?")
      .get(name) !== undefined;
  if (!exists) return { exists, rows: [], problems: [] };
  const rows: T[] = [];
  const problems: string[] = [];
  for (const [index, row] of db.prepare(`select * from ${name}`).all().entries()) {
    const parsed = schema.safeParse(row);
    if (parsed.success) rows.push(parsed.data);
    else {
      const column = parsed.error.issues[0]?.path.join('.') ?? '';
      problems.push(`${FILE}: row ${index + 1} of ${name} has no usable ${column}.`);
    }
  }
  return { exists, rows, problems };
}

function toGroup(row: z.infer<typeof groupRow>): { group: SourceGroup; problem?: string } {
  const config = parseConfig(row.container_config ?? undefined);
  const group = {
    jid: row.jid,
    name: row.name,
    folder: row.folder,
    trigger: row.trigger_pattern ?? undefined,
    requiresTrigger:
      typeof row.requires_trigger === 'number' ? row.requires_trigger !== 0 : undefined,
    // A column of its own came later; before, and for rows from before, the folder tells.
    isMain: row.is_main === 1 || row.folder === 'main',
    addedAt: row.added_at ?? undefined,
    containerConfig: config.ok ? config.value : undefined,
  };
  if (config.ok) return { group };
  return {
    group,
    problem: `${FILE}: container_config of ${row.jid} is not valid JSON; it is left out.`,
  };
}

function parseConfig(text: string | undefined): { ok: true; value: unknown } | { ok: false } {
  if (text === undefined || text === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false };
  }
}

function toTask(row: z.infer<typeof taskRow>): SourceTask {
  return {
    id: row.id,
    folder: row.group_folder,
    prompt: row.prompt,
    scheduleType: row.schedule_type,
    scheduleValue: row.schedule_value,
    contextMode: row.context_mode === 'group' ? 'group' : 'isolated',
    status: row.status ?? 'active',
    ...(row.script == null || row.script === '' ? {} : { script: row.script }),
  };
}

function problem(sentence: string): NanoclawState {
  return { ...NO_STATE, problems: [sentence] };
}
