import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IpcReply, RunRequest } from '@deckhand/protocol';
import type { Ledger, Request } from '../ledger/ledger.ts';
import type { TokenMint } from '../ledger/tokens.ts';
import type { AgentWord } from '../plan/traffic-plan.ts';
import { awaitReply, putRequest, readReply } from './mailbox-writer.ts';
import type { YardAgent } from './yard-agent.ts';

/** How long a tool waits for its reply here; a real one waits ten seconds. */
const REPLY_WAIT_MS = 300;
/** Recurring tasks of a group; with more of them it would do nothing else. */
const MAX_RECURRING = 2;
const ONCE_AFTER_MS = 2_000;

export interface AgentRequestsDeps {
  readonly ledger: Ledger;
  readonly mint: TokenMint;
  /** The clock of the host that runs now. */
  readonly hostNow: () => number;
}

/** Where and for which run something is asked. */
export interface Occasion {
  readonly request: RunRequest;
  readonly agent: YardAgent;
  readonly signal: AbortSignal;
}

type Asked = Pick<Request, 'token' | 'kind'> & Partial<Pick<Request, 'task'>>;

/** Asks the host for what the words say, as tools do, and waits a while for each reply. */
export async function askHost(
  deps: AgentRequestsDeps,
  words: ReadonlySet<AgentWord>,
  occasion: Occasion,
): Promise<void> {
  if (words.has('send')) await sendMessage(deps, occasion);
  if (words.has('file')) await sendFile(deps, occasion);
  if (words.has('once')) {
    const at = new Date(deps.hostNow() + ONCE_AFTER_MS).toISOString();
    await schedule(deps, occasion, 'once', at);
  }
  if (words.has('interval')) await scheduleRecurring(deps, occasion, 'interval', '60000');
  if (words.has('cron')) await scheduleRecurring(deps, occasion, 'cron', '*/2 * * * *');
  if (words.has('change')) await changeOldest(deps, occasion);
}

async function sendMessage(deps: AgentRequestsDeps, occasion: Occasion): Promise<void> {
  const { runId, group } = occasion.request;
  const token = deps.mint.next('M');
  const text = `Message ${token} of ${runId}`;
  const message = { type: 'message', chatJid: group.jid, text };
  await put(deps, occasion, { token, kind: 'M' }, 'messages', message);
}

async function sendFile(deps: AgentRequestsDeps, occasion: Occasion): Promise<void> {
  const { runId, group } = occasion.request;
  const token = deps.mint.next('F');
  const path = `${token}.txt`;
  await writeFile(join(occasion.agent.spec.groupPath, path), `${token}\n`.repeat(100));
  const caption = `File ${token} of ${runId}`;
  const file = { type: 'file', chatJid: group.jid, path, kind: 'document', caption };
  await put(deps, occasion, { token, kind: 'F' }, 'messages', file);
}

/** Tasks that run once get their id from the host, the others from the agent. */
async function schedule(
  deps: AgentRequestsDeps,
  occasion: Occasion,
  type: 'once' | 'interval' | 'cron',
  value: string,
): Promise<void> {
  const token = deps.mint.next('S');
  const task = {
    type: 'schedule_task',
    ...(type === 'once' ? {} : { taskId: taskIdOf(token) }),
    prompt: `${token} tell the time`,
    schedule_type: type,
    schedule_value: value,
    context_mode: type === 'cron' ? 'group' : 'isolated',
  };
  await put(deps, occasion, { token, kind: 'S' }, 'tasks', task);
}

function scheduleRecurring(
  deps: AgentRequestsDeps,
  occasion: Occasion,
  type: 'interval' | 'cron',
  value: string,
): Promise<void> {
  return recurringOf(deps, occasion).length >= MAX_RECURRING
    ? changeOldest(deps, occasion)
    : schedule(deps, occasion, type, value);
}

/** Only a task whose making was confirmed to the agent, which has read the reply. */
async function changeOldest(deps: AgentRequestsDeps, occasion: Occasion): Promise<void> {
  const [task] = recurringOf(deps, occasion);
  if (task === undefined) return;
  const made = await readReply(occasion.agent.spec.ipcPath, task.name);
  // Once: a second change would hide whether the first one was done.
  if (made?.ok !== true || isChanged(deps.ledger, task)) return;
  const update = deps.mint.next('U');
  const prompt = `${task.token} tell the time, ${update}`;
  const taskId = taskIdOf(task.token);
  const asked = { token: update, kind: 'U', task: task.token } as const;
  const updated = await put(deps, occasion, asked, 'tasks', {
    type: 'update_task',
    taskId,
    prompt,
  });
  // Requests that wait together are not handled in the order of their writing.
  if (updated?.ok !== true) return;
  const end = { token: deps.mint.next('X'), kind: 'X', task: task.token } as const;
  await put(deps, occasion, end, 'tasks', { type: 'cancel_task', taskId });
}

function recurringOf({ ledger }: AgentRequestsDeps, { agent }: Occasion): Request[] {
  const { folder } = agent.spec;
  return ledger.requests.filter(
    (one) => one.kind === 'S' && one.folder === folder && one.isRecurring && !isEnded(ledger, one),
  );
}

function isChanged({ requests }: Ledger, task: Request): boolean {
  return requests.some((one) => one.kind === 'U' && one.task === task.token);
}

function isEnded({ requests }: Ledger, task: Request): boolean {
  return requests.some((one) => one.kind === 'X' && one.task === task.token);
}

function taskIdOf(token: string): string {
  return `task-${token}`;
}

async function put(
  deps: AgentRequestsDeps,
  { request, agent, signal }: Occasion,
  asked: Asked,
  box: 'messages' | 'tasks',
  content: Readonly<Record<string, unknown>>,
): Promise<IpcReply | undefined> {
  const name = `${randomUUID()}.json`;
  const { ipcPath, folder } = agent.spec;
  await putRequest(ipcPath, box, name, content, signal);
  // Also when the agent ended meanwhile: the file is there.
  deps.ledger.requests.push({
    ...asked,
    name,
    folder,
    chat: request.group.jid,
    runId: request.runId,
    life: deps.ledger.life,
    isRecurring: 'taskId' in content && asked.kind === 'S',
  });
  return awaitReply(ipcPath, name, REPLY_WAIT_MS, signal);
}
