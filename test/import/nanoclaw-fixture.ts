import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';

export const MAIN_JID = '4915100000001@s.whatsapp.net';
export const FAMILY_JID = '120363000000000001@g.us';
export const FAMILY_SESSION = '5f1c2a34-1111-4222-8333-444455556666';

export function writeAt(root: string, path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const groups = {
  [MAIN_JID]: {
    name: 'Me',
    folder: 'main',
    trigger: '@Andy',
    added_at: '2026-01-31T10:00:00.000Z',
  },
  [FAMILY_JID]: {
    name: 'Family Chat',
    folder: 'family-chat',
    trigger: '@Andy',
    added_at: '2026-02-01T10:00:00.000Z',
  },
};

/** Tables of the scheduler, which are older than those of the groups. `columns` came later. */
const TASKS = (columns = '') => `
  create table scheduled_tasks (
    id text primary key, group_folder text not null, chat_jid text not null, prompt text not null,
    schedule_type text not null, schedule_value text not null, next_run text, last_run text, last_result text,
    status text default 'active', created_at text not null${columns});
  create table chats (jid text primary key, name text, last_message_time text);`;

/** The first generation: registrations and sessions in JSON, only messages and tasks in the database. */
export function writeJsonEra(root: string): void {
  writeAt(root, 'data/registered_groups.json', JSON.stringify(groups));
  writeAt(root, 'data/sessions.json', JSON.stringify({ 'family-chat': FAMILY_SESSION }));
  writeAt(root, 'groups/CLAUDE.md', '# Global\nWe live in Berlin.\n');
  writeFolders(root, ['main', 'family-chat']);
  withDatabase(root, (db) => {
    db.exec(TASKS());
    db.prepare(
      "insert into scheduled_tasks values ('task-1', 'family-chat', ?, 'Say good morning', 'cron', '0 8 * * *', '2026-01-01', null, null, 'active', '2026-01-01')",
    ).run(FAMILY_JID);
  });
}

/** The second: everything in the database, with the old files renamed. */
export function writeSqliteEra(root: string): void {
  writeAt(root, 'data/registered_groups.json.migrated', JSON.stringify(groups));
  writeAt(root, 'groups/global/CLAUDE.md', '# Global\nWe live in Berlin.\n');
  writeAt(
    root,
    '.env',
    'ASSISTANT_NAME=Andy\nTZ="Europe/Berlin"\nANTHROPIC_API_KEY=sk-ant-secret\nOTHER=x\n',
  );
  writeAt(root, 'store/auth/creds.json', '{"noiseKey":"secret"}');
  writeFolders(root, ['whatsapp_main', 'Family-Chat']);
  withDatabase(root, (db) => {
    db.exec(TASKS(", context_mode text default 'isolated', script text"));
    db.exec(`
      create table sessions (group_folder text primary key, session_id text not null);
      create table registered_groups (
        jid text primary key, name text not null, folder text not null unique, trigger_pattern text not null,
        added_at text not null, container_config text, requires_trigger integer default 1, is_main integer default 0);`);
    const group = db.prepare('insert into registered_groups values (?, ?, ?, ?, ?, ?, ?, ?)');
    const added = '2026-02-01T10:00:00.000Z';
    group.run(FAMILY_JID, 'Family Chat', 'Family-Chat', '@Andy', added, CONFIG, 0, 0);
    group.run(MAIN_JID, 'Me', 'whatsapp_main', '@Andy', added, null, 1, 1);
    group.run('tg:123', 'Telegram', 'telegram_x', '@Andy', added, null, 1, 0);
    db.prepare('insert into sessions values (?, ?)').run('Family-Chat', FAMILY_SESSION);
    const task = db.prepare(
      "insert into scheduled_tasks values (?, 'Family-Chat', ?, ?, ?, ?, null, null, null, ?, '2026-01-01', ?, ?)",
    );
    task.run(
      't-cron',
      FAMILY_JID,
      'Say good morning',
      'cron',
      '0 8 * * *',
      'active',
      'group',
      null,
    );
    task.run(
      't-interval',
      FAMILY_JID,
      'Look',
      'interval',
      '3600000',
      'paused',
      'isolated',
      'echo 1',
    );
    task.run(
      't-once',
      FAMILY_JID,
      'Congratulate',
      'once',
      '2027-01-01T00:00:00',
      'active',
      null,
      null,
    );
    task.run('t-past', FAMILY_JID, 'Too late', 'once', '2020-01-01T00:00:00', 'active', null, null);
    task.run('t-bad', FAMILY_JID, 'Broken', 'cron', 'every day', 'active', null, null);
    task.run('t-done', FAMILY_JID, 'Was', 'once', '2020-01-01T00:00:00', 'completed', null, null);
  });
}

const CONFIG = JSON.stringify({
  additionalMounts: [{ hostPath: '~/photos' }],
  timeout: 600_000,
  env: { A: 'b' },
});

export function withDatabase(root: string, work: (db: Database.Database) => void): void {
  mkdirSync(join(root, 'store'), { recursive: true });
  const db = new Database(join(root, 'store', 'messages.db'));
  work(db);
  db.close();
}

/** Of the last of the folders a conversation too. */
function writeFolders(root: string, folders: readonly string[]): void {
  for (const folder of folders) {
    writeAt(root, `groups/${folder}/CLAUDE.md`, `# Memory of ${folder}\n`);
    writeAt(root, `groups/${folder}/notes/list.md`, 'milk\n');
    writeAt(root, `groups/${folder}/logs/container-1.log`, 'noise\n');
  }
  const home = `data/sessions/${folders.at(-1)}/.claude`;
  writeAt(root, `${home}/projects/-workspace-group/${FAMILY_SESSION}.jsonl`, '{"type":"user"}\n');
  writeAt(root, `${home}/settings.json`, '{}');
  writeAt(root, `${home}/.credentials.json`, '{"secret":true}');
}
