import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestBox } from '../../../src/ipc/command.ts';
import { MAIN, type MailboxWorld, message, WORK } from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import type { AttackOutcome } from '../outcome.ts';

interface ForeignRequest {
  readonly box: RequestBox;
  readonly request: Record<string, unknown>;
}

const TASK = 'work-task';
const OURS = '3EB00123456789ABCDEF01';
const SECRET = 'plans.txt';
const schedule = {
  type: 'schedule_task',
  prompt: 'x',
  schedule_type: 'interval',
  schedule_value: '3600000',
  context_mode: 'group',
};
/** What an agent may claim about itself, and what nobody believes. */
const CLAIMS = { groupFolder: 'main', timestamp: '2026-11-22T00:00:00Z' };
const change = { taskId: TASK, ...CLAIMS };
const register = { type: 'register_group', name: 'x', trigger: '@x', ...CLAIMS };

/** Every kind of request, naming what belongs to another group. */
const foreignRequests: readonly ForeignRequest[] = [
  ...[WORK.jid, MAIN.jid, '4915112345678@s.whatsapp.net', `${WORK.jid}\u200b`].flatMap(
    (chatJid): ForeignRequest[] => [
      { box: 'messages', request: { ...message(chatJid, 'x'), ...CLAIMS } },
      { box: 'messages', request: { type: 'reaction', chatJid, messageId: OURS, emoji: '👍' } },
      { box: 'messages', request: { type: 'edit', chatJid, messageId: OURS, text: 'x' } },
      { box: 'messages', request: { type: 'file', chatJid, path: 'own.txt', kind: 'document' } },
      { box: 'tasks', request: { ...schedule, targetJid: chatJid, ...CLAIMS } },
    ],
  ),
  ...[`../work/${SECRET}`, `/groups/work/${SECRET}`, `./../work/${SECRET}`, '..'].map(
    (path): ForeignRequest => ({
      box: 'messages',
      request: { type: 'file', chatJid: '2@g.us', path, kind: 'document' },
    }),
  ),
  { box: 'tasks', request: { type: 'update_task', ...change, prompt: 'stolen' } },
  { box: 'tasks', request: { type: 'pause_task', ...change } },
  { box: 'tasks', request: { type: 'resume_task', ...change } },
  { box: 'tasks', request: { type: 'cancel_task', ...change } },
  { box: 'tasks', request: { type: 'run_task_now', ...change } },
  { box: 'tasks', request: { ...register, jid: '9@g.us', folder: 'nine' } },
  { box: 'tasks', request: { ...register, jid: WORK.jid, folder: 'work', isMain: true } },
  { box: 'tasks', request: { type: 'refresh_groups', ...CLAIMS } },
];

/** Gives the group that is attacked a task and a file, and the intruder a file of its own. */
async function furnish(world: MailboxWorld, host: Mailboxes): Promise<void> {
  await writeFile(join(world.paths.groupFolder('work'), SECRET), 'secret');
  await writeFile(join(world.paths.groupFolder('family'), 'own.txt'), 'own');
  await world.send('work', 'task.json', { ...schedule, taskId: TASK }, 'tasks');
  await host.settle('work');
}

/** What requests can change: everything but the record of the requests themselves. */
function readState({ db, groups }: MailboxWorld): string {
  const tables = ['outbox', 'tasks', 'task_runs', 'messages', 'chats'];
  const rows = tables.map((table) => db.prepare(`select * from ${table}`).all());
  return JSON.stringify([rows, groups]);
}

/** T6: one group asks for what is another's; stopped when nothing changes and one line of the log says so. */
export async function askForOthers(
  world: MailboxWorld,
  host: Mailboxes,
  asker = 'family',
): Promise<AttackOutcome> {
  await furnish(world, host);
  const passed: string[] = [];
  for (const [index, { box, request }] of foreignRequests.entries()) {
    const name = `foreign-${index}.json`;
    const before = readState(world);
    await world.send(asker, name, request, box);
    await host.settle(asker);
    const line = world.audit(name);
    const isRefused = line?.['outcome'] === 'refused' && line['folder'] === asker;
    if (!isRefused || readState(world) !== before) passed.push(JSON.stringify(request));
  }
  const evidence = passed.length === 0 ? 'no row changed' : `obeyed: ${passed.join()}`;
  return {
    tried: foreignRequests.length,
    stopped: foreignRequests.length - passed.length,
    evidence,
  };
}

/** T6: the agent of main, which others may steer, asks for what only a person may set. */
export async function askForPowers(world: MailboxWorld, host: Mailboxes): Promise<AttackOutcome> {
  const entry = { ...register, jid: '9@g.us', folder: 'nine' };
  const wishes: Record<string, unknown>[] = [
    { senders: { mode: 'trigger' } },
    { admins: ['4915112345678@s.whatsapp.net'] },
    { budget: { runsPerDay: 1_000_000 } },
    { egress: { policy: 'open' } },
    { limits: {} },
    { isMain: true },
    { providerConfig: { codex: { approvalPolicy: 'full' } } },
    { containerConfig: { credentials: 'mounted' } },
    { containerConfig: { additionalMounts: [{ hostPath: '/etc', containerPath: 'etc' }] } },
    { containerConfig: { memoryMb: 1_000_000 } },
    { containerConfig: { cpus: 512 } },
    { folder: '../work' },
    { folder: 'work/../main' },
    { folder: 'main' },
    { jid: WORK.jid },
  ];
  const before = JSON.stringify(world.groups);
  const passed: string[] = [];
  for (const [index, wish] of wishes.entries()) {
    const name = `power-${index}.json`;
    await world.send('main', name, { ...entry, ...wish }, 'tasks');
    await host.settle('main');
    if (world.audit(name)?.['outcome'] !== 'refused') passed.push(JSON.stringify(wish));
  }
  const isSame = JSON.stringify(world.groups) === before;
  const evidence = `granted: ${passed.join() || 'none'}, registrations unchanged: ${isSame}`;
  return { tried: wishes.length, stopped: isSame ? wishes.length - passed.length : 0, evidence };
}
