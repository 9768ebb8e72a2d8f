import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisteredGroup } from '../../src/core/group.ts';
import { planTask } from '../../src/core/task.ts';
import type { Db } from '../../src/db/database.ts';
import { createOutbox } from '../../src/db/outbox.ts';
import { createTaskRuns } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import type { MailboxWorld } from '../../src/ipc/mailbox-world.fixture.ts';
import { takeInventory } from './linked-tree.ts';

/** The clock of the tasks of these tests, unix milliseconds. */
export const NOW = Date.UTC(2026, 10, 21, 12);

/** Gives a group a bit of everything: tasks in each state, a slot, something to send, files. */
export async function furnish(world: MailboxWorld, group: RegisteredGroup): Promise<void> {
  const { folder, jid: chatJid } = group;
  const tasks = createTasks(world.db);
  const hourly = { scheduleType: 'interval', scheduleValue: '1h', contextMode: 'group' } as const;
  const planned = planTask({ ...hourly, prompt: 'x' }, { now: NOW, timeZone: 'UTC' });
  if (!planned.ok) throw new Error(planned.error);
  const [nextRunAt = NOW] = planned.nextRuns;
  for (const status of ['active', 'paused', 'cancelled'] as const) {
    const id = `${folder}-${status}`;
    tasks.insert(planned.plan, { id, folder, chatJid, createdBy: 'test', nextRunAt, now: NOW });
    if (status !== 'active') tasks.setStatus(id, { status, reason: 'test' }, NOW);
  }
  createTaskRuns(world.db).claim({ taskId: `${folder}-active`, scheduledFor: NOW, now: NOW });
  const message = { kind: 'text', id: `${folder}-1`, chatJid, text: 'hi', mentions: [] } as const;
  createOutbox(world.db).enqueue(message, `test:${folder}`, NOW);
  await mkdir(join(world.paths.groupFolder(folder), 'media'), { recursive: true });
  await writeFile(join(world.paths.groupFolder(folder), 'secret.txt'), `secret of ${folder}`);
  await writeFile(join(world.paths.groupFolder(folder), 'media', 'cat.png'), 'a picture');
}

/** Every row of every table but those that belong to one group, and the files of all others. */
export async function takeOthers(world: MailboxWorld, own: RegisteredGroup): Promise<unknown> {
  const files: Record<string, Record<string, string>> = {};
  for (const { folder } of world.groups) {
    if (folder === own.folder) continue;
    files[`group of ${folder}`] = await takeInventory(world.paths.groupFolder(folder));
    const mailbox = await takeInventory(world.paths.ipc(folder));
    // What main is shown of the tasks of all groups.
    delete mailbox['current_tasks.json'];
    files[`mailbox of ${folder}`] = mailbox;
  }
  return { groups: world.groups, rows: rowsOfOthers(world.db, own), files };
}

function rowsOfOthers(db: Db, own: RegisteredGroup): Record<string, unknown[]> {
  const tables = db
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
    )
    .pluck()
    .all();
  const ownTasks = new Set(
    db.prepare<[string], string>('select id from tasks where folder = ?').pluck().all(own.folder),
  );
  const isOwn = (row: Record<string, unknown>) =>
    row.folder === own.folder ||
    row.chat_jid === own.jid ||
    row.jid === own.jid ||
    ownTasks.has(String(row.task_id));
  return Object.fromEntries(
    tables.map((table) => [
      table,
      db
        .prepare<[], Record<string, unknown>>(`select * from "${table}"`)
        .all()
        .filter((row) => !isOwn(row)),
    ]),
  );
}
