import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Db } from '../../db/database.ts';
import { createInbox } from '../../db/inbox.ts';
import { createOutbox } from '../../db/outbox.ts';
import { createRuns } from '../../db/runs.ts';
import { createTasks } from '../../db/tasks.ts';
import { type CliWorld, linkAccount, NOW } from '../cli-world.fixture.ts';

/** In no archive without secrets, in whatever form. */
export const SECRET_MARK = 'SECRET-c0ffee';
const HOUR_MS = 3_600_000;
export const CHAT = '1@g.us';

/** Below the home: what a backup has to bring back. */
export const FILES: Readonly<Record<string, readonly [content: string, mode: number]>> = {
  'groups/CLAUDE.md': ['For all groups.\n', 0o644],
  'groups/family/CLAUDE.md': ['They like cats. 🐈\n', 0o644],
  'groups/family/tools/run.sh': ['#!/bin/sh\n', 0o755],
  'groups/family/ünï cödé "q" %/a\nb.txt': ['odd name', 0o600],
  [`groups/family/${'long-name-'.repeat(20)}/${'deep/'.repeat(30)}x.txt`]: ['deep', 0o644],
  'groups/family/empty': ['', 0o644],
  'groups/family/video.bin': ['v'.repeat(5 * 1024 * 1024), 0o644],
  'data/claude/family/.claude/projects/-workspace-group/s1.jsonl': ['{"turn":1}\n', 0o600],
  'data/codex/family/.codex/sessions/2026/12/01/rollout.jsonl': ['{"turn":2}\n', 0o600],
  'data/spool/0123abcd': ['on its way', 0o600],
};
const SECRETS: Readonly<Record<string, string>> = {
  'data/credentials/anthropic.json': `{"type":"api_key","key":"${SECRET_MARK}-1"}`,
  '.env': `ANTHROPIC_API_KEY=${SECRET_MARK}-2\n`,
};
/** Made again by the host, or for this moment alone. */
const NOT_KEPT: Readonly<Record<string, string>> = {
  'data/codex/family/.codex/auth.json': `{"token":"${SECRET_MARK}-3"}`,
  'data/claude/family/.claude/.credentials.json': `{"token":"${SECRET_MARK}-4"}`,
  'data/console.token': `${SECRET_MARK}-5`,
  'data/logs/host.log': 'log',
  'data/ipc/family/messages/x.json': '{}',
};

/** An installation that is linked, with one group, in which everything is under way. */
export function fillInstallation(world: CliWorld): void {
  world.register({ [CHAT]: { name: 'Family', folder: 'family', trigger: '@Deckhand' } });
  for (const [path, [content, mode]] of Object.entries(FILES)) write(world, path, content, mode);
  for (const [path, content] of Object.entries({ ...SECRETS, ...NOT_KEPT })) {
    write(world, path, content, 0o600);
  }
  mkdirSync(join(world.home, 'groups/family/empty-folder'));
  world.fill((db) => {
    linkAccount(db, SECRET_MARK);
    db.prepare("insert into wa_keys (type, id, value) values ('session', 'x', ?)").run(
      Buffer.from(`${SECRET_MARK}-key`),
    );
    fillPending(db);
  });
}

function write({ home }: CliWorld, path: string, content: string, mode: number): void {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

/** One question that waits, one that is being answered, an answer on its way, and two tasks that are due. */
function fillPending(db: Db): void {
  const inbox = createInbox(db);
  const message = {
    chatJid: CHAT,
    senderJid: '2@s.whatsapp.net',
    senderName: 'Ann',
    sentAt: NOW,
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
  inbox.insert({ ...message, id: 'claimed', text: '@Deckhand first' }, 'name', NOW);
  createRuns(db).insert({
    id: 'r1',
    kind: 'messages',
    chatJid: CHAT,
    folder: 'family',
    provider: 'claude',
    now: NOW,
  });
  inbox.claimOpen(CHAT, 'r1');
  inbox.insert({ ...message, id: 'waiting', text: '@Deckhand second' }, 'name', NOW);
  inbox.insert({ ...message, id: 'talk', text: 'hello' }, 'not_addressed', NOW);
  const text = { kind: 'text', text: 'an answer', mentions: [] } as const;
  createOutbox(db).enqueue({ id: '3EB0', chatJid: CHAT, ...text }, 'run:r0:1', NOW);
  const task = { folder: 'family', chatJid: CHAT, createdBy: 'cli', now: NOW };
  const plan = { prompt: 'Look.', timeZone: 'UTC', contextMode: 'isolated' } as const;
  const tasks = createTasks(db);
  tasks.insert(
    { ...plan, scheduleType: 'interval', scheduleValue: String(HOUR_MS), anchorAt: NOW - HOUR_MS },
    { ...task, id: 'hourly', nextRunAt: NOW },
  );
  tasks.insert(
    { ...plan, scheduleType: 'once', scheduleValue: new Date(NOW).toISOString(), anchorAt: NOW },
    { ...task, id: 'once', nextRunAt: NOW },
  );
}

/** Every file and folder below a path: mode and hash, by relative path. */
export function takeInventory(root: string, below = ''): Record<string, string> {
  const inventory: Record<string, string> = {};
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const stat = lstatSync(join(root, path));
    const mode = (stat.mode & 0o777).toString(8);
    if (stat.isDirectory()) Object.assign(inventory, { [path]: mode }, takeInventory(root, path));
    else if (stat.isFile()) inventory[path] = `${mode} ${hashOf(join(root, path))}`;
    else inventory[path] = 'special';
  }
  return inventory;
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
